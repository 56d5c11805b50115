package whorl.collector.export;

import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/**
 * JSON lines as Timesketch's importer takes them ({@code read_and_validate_jsonl} in {@code
 * timesketch/lib/utils.py}): {@code message}, {@code datetime} (ISO 8601 with an offset), {@code
 * timestamp} (microseconds) and {@code timestamp_desc} in every line, and our columns beside.
 */
final class TimesketchFormat implements RowFormat {
  @Override
  public String mediaType() {
    return NdjsonFormat.MEDIA_TYPE;
  }

  /** The importer knows the form by this ending. */
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
    line.put("timestamp_desc", description(row));
    row.flat().forEach(line::putIfAbsent);
    return WellFormed.values(line);
  }

  /** What the time is of; for a file's times the words that Plaso has for them. */
  private static String description(Row row) {
    return switch (row.action()) {
      case "file.modified" -> "Content Modification Time";
      case "file.accessed" -> "Last Access Time";
      case "file.changed" -> "Metadata Modification Time";
      case "file.born" -> "Creation Time";
      case "" -> "Event Time";
      default -> row.action();
    };
  }
}
