package whorl.collector.export.formats;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Json;

/**
 * JSON lines for Timesketch's importer ({@code read_and_validate_jsonl} in {@code
 * timesketch/lib/utils.py}): every line has {@code message}, {@code datetime} (ISO 8601 with an
 * offset), {@code timestamp} (microseconds) and {@code timestamp_desc}, in addition to our columns.
 */
final class TimesketchFormat implements RowFormat {
  /** The times of a file, with Plaso's names for them. */
  private enum FileTime {
    MODIFIED('m', "Content Modification Time"),
    ACCESSED('a', "Last Access Time"),
    CHANGED('c', "Metadata Modification Time"),
    BORN('b', "Creation Time");

    private final char letter;
    private final String words;

    FileTime(char letter, String words) {
      this.letter = letter;
      this.words = words;
    }

    String action() {
      return "file." + name().toLowerCase(Locale.ROOT);
    }
  }

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
    line.put("timestamp_desc", description(row));
    row.flat().forEach(line::putIfAbsent);
    return WellFormed.values(line);
  }

  /** The meaning of the row's time; a file's row may stand for several of its times. */
  private static String description(Row row) {
    String action = row.action();
    if (!action.startsWith("file.")) {
      return action.isEmpty() ? "Event Time" : action;
    }
    String macb = row.fields().get("macb") instanceof String letters ? letters : "";
    String words =
        Arrays.stream(FileTime.values())
            .filter(
                time ->
                    macb.isEmpty() ? action.equals(time.action()) : macb.indexOf(time.letter) >= 0)
            .map(time -> time.words)
            .collect(Collectors.joining("; "));
    return words.isEmpty() ? action : words;
  }
}
