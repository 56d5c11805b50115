package whorl.collector.export;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  private static final Map<String, String> FILE_TIMES = new LinkedHashMap<>();
  private static final Map<String, Character> LETTERS =
      Map.of("modified", 'm', "accessed", 'a', "changed", 'c', "born", 'b');

  static {
    FILE_TIMES.put("modified", "Content Modification Time");
    FILE_TIMES.put("accessed", "Last Access Time");
    FILE_TIMES.put("changed", "Metadata Modification Time");
    FILE_TIMES.put("born", "Creation Time");
  }

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
    String action = row.action();
    if (!action.startsWith("file.")) {
      return action.isEmpty() ? "Event Time" : action;
    }
    String macb = row.fields().get("macb") instanceof String letters ? letters : "";
    List<String> kinds = new ArrayList<>();
    FILE_TIMES.forEach(
        (name, words) -> {
          // a row of a file may be of several of its times
          boolean of =
              macb.isEmpty() ? action.equals("file." + name) : macb.indexOf(LETTERS.get(name)) >= 0;
          if (of) {
            kinds.add(words);
          }
        });
    return kinds.isEmpty() ? action : String.join("; ", kinds);
  }
}
