package whorl.collector.export.formats;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import whorl.collector.timeline.Row;

/** The times of a file, in the order of the letters MACB. */
enum FileTime {
  MODIFIED('m', "Content Modification Time"),
  ACCESSED('a', "Last Access Time"),
  CHANGED('c', "Metadata Modification Time"),
  BORN('b', "Creation Time");

  private final char letter;
  private final String description;

  FileTime(char letter, String description) {
    this.letter = letter;
    this.description = description;
  }

  char letter() {
    return letter;
  }

  /** The letters that rows from a bodyfile have, such as {@code m.c.}; empty if there are none. */
  static String letters(Map<String, Object> fields) {
    return fields.get("macb") instanceof String letters ? letters : "";
  }

  /**
   * The times that a row about a file states, or that its event changed; none if the event failed.
   *
   * @param fields the row's
   */
  static Set<FileTime> of(Row row, Map<String, Object> fields) {
    String macb = letters(fields);
    return macb.isEmpty() ? changedBy(row.action(), fields) : parse(macb);
  }

  /**
   * The meaning of the row's time: Plaso's words for the times of a file, which may be several;
   * else the row's action.
   */
  static String meaning(Row row) {
    String action = row.action();
    if (!action.startsWith("file.")) {
      return action.isEmpty() ? "Event Time" : action;
    }
    String macb = letters(row.fields());
    String words =
        Arrays.stream(values())
            .filter(time -> macb.isEmpty() ? action.equals(time.action()) : time.isIn(macb))
            .map(time -> time.description)
            .collect(Collectors.joining("; "));
    return words.isEmpty() ? action : words;
  }

  private static Set<FileTime> parse(String macb) {
    EnumSet<FileTime> times = EnumSet.noneOf(FileTime.class);
    for (FileTime time : values()) {
      if (time.isIn(macb)) {
        times.add(time);
      }
    }
    return times;
  }

  private static Set<FileTime> changedBy(String action, Map<String, Object> fields) {
    if (Boolean.parseBoolean(String.valueOf(fields.get("failed")))) {
      return Set.of();
    }
    return switch (action) {
      case "file.accessed", "jdk.FileRead" -> EnumSet.of(ACCESSED);
      case "file.modified", "jdk.FileWrite", "jdk.FileForce" -> EnumSet.of(MODIFIED);
      case "file.changed",
          "whorl.FileDelete",
          "whorl.FileRename",
          "whorl.FileMode",
          "whorl.FileAttribute" ->
          EnumSet.of(CHANGED);
      case "file.born", "whorl.FileLink", "whorl.FolderCreate" -> EnumSet.of(BORN);
      case "whorl.FileOpen" -> EnumSet.of(openedTime(fields));
      default -> Set.of();
    };
  }

  private static FileTime openedTime(Map<String, Object> fields) {
    if (Boolean.parseBoolean(String.valueOf(fields.get("created")))) {
      return BORN;
    }
    return "read".equals(fields.get("access")) ? ACCESSED : MODIFIED;
  }

  private boolean isIn(String macb) {
    return macb.indexOf(letter) >= 0;
  }

  private String action() {
    return "file." + name().toLowerCase(Locale.ROOT);
  }
}
