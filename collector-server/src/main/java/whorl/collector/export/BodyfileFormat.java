package whorl.collector.export;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.BodyfileName;

/**
 * The Sleuth Kit's bodyfile, version 3, of the rows that are about files:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * Each row is a line with the time that it is about, of one kind or several; mactime puts lines of
 * one name and time together again. What is not known is 0; mactime lists such times as of the year
 * 0 unless it is given a date to begin with. Times have nine decimals, of which it reads the
 * seconds. Names are written as {@link BodyfileName} does.
 */
final class BodyfileFormat implements RowFormat {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,19}");

  /** In the order of a line's fields. */
  private enum Time {
    ACCESSED('a'),
    MODIFIED('m'),
    CHANGED('c'),
    BORN('b');

    private final char letter;

    Time(char letter) {
      this.letter = letter;
    }
  }

  @Override
  public String mediaType() {
    return "text/plain; charset=utf-8";
  }

  @Override
  public String ending() {
    return "body";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) {
    return row -> {
      String line = line(row);
      if (line != null) {
        out.write(line.getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  /** Null for rows that are not about a file, or are of no time that a bodyfile can say. */
  private static @Nullable String line(Row row) {
    String path = row.text(Column.FILE_PATH);
    if (path == null || row.time().getEpochSecond() <= 0) {
      return null;
    }
    Map<String, Object> fields = row.fields();
    String macb = fields.get("macb") instanceof String letters ? letters : "";
    Set<Time> times = macb.isEmpty() ? happened(row, fields) : ofLetters(macb);
    if (times.isEmpty()) {
      return null;
    }
    StringBuilder line = new StringBuilder(160).append("0|");
    line.append(BodyfileName.written(WellFormed.text(macb.isEmpty() ? name(row, path) : path)));
    line.append('|').append(number(fields.get("inode"))).append('|');
    line.append(BodyfileName.written(mode(row)));
    line.append('|').append(number(fields.get("uid")));
    line.append('|').append(number(fields.get("gid")));
    Long size = row.number(Column.FILE_SIZE);
    line.append('|').append(size == null ? 0 : size);
    String seconds = Times.seconds(row.time());
    for (Time each : Time.values()) {
      line.append('|').append(times.contains(each) ? seconds : "0");
    }
    return line.append('\n').toString();
  }

  /** Such as {@code m.c.}, of a row that comes from a bodyfile. */
  private static Set<Time> ofLetters(String macb) {
    EnumSet<Time> times = EnumSet.noneOf(Time.class);
    for (Time time : Time.values()) {
      if (macb.indexOf(time.letter) >= 0) {
        times.add(time);
      }
    }
    return times;
  }

  /** What an event did to its file's times; nothing where it failed. */
  private static Set<Time> happened(Row row, Map<String, Object> fields) {
    if (Boolean.parseBoolean(String.valueOf(fields.get("failed")))) {
      return Set.of();
    }
    return switch (row.action()) {
      case "file.accessed", "jdk.FileRead" -> EnumSet.of(Time.ACCESSED);
      case "file.modified", "jdk.FileWrite", "jdk.FileForce" -> EnumSet.of(Time.MODIFIED);
      case "file.changed",
          "whorl.FileDelete",
          "whorl.FileRename",
          "whorl.FileMode",
          "whorl.FileAttribute" ->
          EnumSet.of(Time.CHANGED);
      case "file.born", "whorl.FileLink", "whorl.FolderCreate" -> EnumSet.of(Time.BORN);
      case "whorl.FileOpen" -> EnumSet.of(opened(fields));
      default -> Set.of();
    };
  }

  private static Time opened(Map<String, Object> fields) {
    if (Boolean.parseBoolean(String.valueOf(fields.get("created")))) {
      return Time.BORN;
    }
    return "read".equals(fields.get("access")) ? Time.ACCESSED : Time.MODIFIED;
  }

  private static String name(Row row, String path) {
    String target = row.text(Column.FILE_TARGET);
    if (row.action().equals("whorl.FileDelete")) {
      return path + " (deleted)";
    }
    return target == null ? path : path + " -> " + target;
  }

  private static String mode(Row row) {
    String mode = row.text(Column.FILE_MODE);
    return mode == null ? "0" : WellFormed.text(mode);
  }

  private static String number(@Nullable Object value) {
    String text = String.valueOf(value);
    return NUMBER.matcher(text).matches() ? text : "0";
  }
}
