package whorl.collector.export;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;

/**
 * The Sleuth Kit's bodyfile, version 3, of the rows that are about files:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * Each row is a line with the one time that it is about; mactime puts lines of one name and time
 * together again. What is not known is 0; mactime lists such times as of the year 0 unless it is
 * given a date to begin with. Times have nine decimals, of which it reads the seconds.
 *
 * <p>mactime takes {@code %XX} in a name for the byte, and then loses every name with a line break.
 * So {@code |} and {@code %} are written as {@code %7C} and {@code %25}, and a control character as
 * {@code %25XX}, which it shows as {@code %XX}.
 */
final class BodyfileFormat implements RowFormat {
  private enum Time {
    ACCESSED,
    MODIFIED,
    CHANGED,
    BORN
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
    Time time = path == null ? null : time(row);
    if (path == null || time == null || row.time().getEpochSecond() <= 0) {
      return null;
    }
    Map<String, Object> fields = row.fields();
    if (Boolean.TRUE.equals(fields.get("failed"))) {
      return null; // tried, and the file is as it was
    }
    StringBuilder line = new StringBuilder(160).append("0|");
    escaped(line, WellFormed.text(name(row, path)));
    line.append('|').append(number(fields.get("inode"))).append('|');
    escaped(line, mode(row));
    line.append('|').append(number(fields.get("uid")));
    line.append('|').append(number(fields.get("gid")));
    Long size = row.number(Column.FILE_SIZE);
    line.append('|').append(size == null ? 0 : size);
    for (Time each : Time.values()) {
      line.append('|').append(each == time ? Times.seconds(row.time()) : "0");
    }
    return line.append('\n').toString();
  }

  private static @Nullable Time time(Row row) {
    return switch (row.action()) {
      case "file.accessed", "jdk.FileRead" -> Time.ACCESSED;
      case "file.modified", "jdk.FileWrite", "jdk.FileForce" -> Time.MODIFIED;
      case "file.changed", "whorl.FileDelete", "whorl.FileRename", "whorl.FileMode" -> Time.CHANGED;
      case "file.born", "whorl.FileLink" -> Time.BORN;
      case "whorl.FileOpen" -> opened(row.fields());
      default -> null;
    };
  }

  private static Time opened(Map<String, Object> fields) {
    if (Boolean.TRUE.equals(fields.get("created"))) {
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
    return value instanceof Number number ? Long.toString(number.longValue()) : "0";
  }

  private static void escaped(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '|' || c == '%') {
        line.append(String.format("%%%02X", (int) c));
      } else if (Character.isISOControl(c)) {
        line.append(String.format("%%25%02X", (int) c));
      } else {
        line.append(c);
      }
    }
  }
}
