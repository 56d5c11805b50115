package whorl.collector.export.formats;

import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/**
 * JSON lines for Timesketch's importer ({@code read_and_validate_jsonl} in {@code
 * timesketch/lib/utils.py}): every line has {@code message}, {@code datetime} (ISO 8601 with an
 * offset), {@code timestamp} (microseconds) and {@code timestamp_desc}, in addition to our columns.
 */
final class TimesketchFormat implements RowFormat {
  @Override
  public String mediaType() {
    return NdjsonFormat.MEDIA_TYPE;
  }

  /** The importer recognizes the format by this extension. */
  @Override
  public String ending() {
    return "jsonl";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) {
    return row -> {
      out.write(Json.bytes(line(row)));
      out.write('\n');
    };
  }

  private static Map<String, Object> line(Row row) {
    Map<String, Object> line = new LinkedHashMap<>();
    String message = row.text(Column.MESSAGE);
    line.put("message", message == null || message.isBlank() ? row.action() : message);
    line.put("datetime", Times.isoMicros(row.time()));
    line.put("timestamp", Times.micros(row.time()));
    line.put("timestamp_desc", FileTime.meaning(row));
    row.flat().forEach(line::putIfAbsent);
    return WellFormed.values(line);
  }
}
