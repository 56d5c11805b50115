package whorl.collector.export.formats;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.BodyfileName;

/**
 * The Sleuth Kit's bodyfile, version 3, for the rows about files:
 *
 * <pre>
 *   MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * Each row becomes a line with one time, in one or several of the time fields; mactime joins lines
 * with the same name and time. Unknown times are 0, which mactime lists in the year 0 unless it is
 * given a start date. Times have nine decimals; mactime reads the seconds. {@link BodyfileName}
 * encodes names.
 */
final class BodyfileFormat implements RowFormat {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,19}");

  /** In the order of a line's fields. */
  private static final List<FileTime> TIMES =
      List.of(FileTime.ACCESSED, FileTime.MODIFIED, FileTime.CHANGED, FileTime.BORN);

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

  /** Null for rows that are not about a file, or whose time a bodyfile cannot express. */
  private static @Nullable String line(Row row) {
    String path = row.text(Column.FILE_PATH);
    if (path == null || row.time().getEpochSecond() <= 0) {
      return null;
    }
    Map<String, Object> fields = row.fields();
    Set<FileTime> times = FileTime.of(row, fields);
    if (times.isEmpty()) {
      return null;
    }
    StringBuilder line = new StringBuilder(160).append("0|");
    String name = FileTime.letters(fields).isEmpty() ? name(row, path) : path;
    line.append(BodyfileName.written(WellFormed.text(name)));
    line.append('|').append(number(fields.get("inode"))).append('|');
    line.append(BodyfileName.written(mode(row)));
    line.append('|').append(number(fields.get("uid")));
    line.append('|').append(number(fields.get("gid")));
    Long size = row.number(Column.FILE_SIZE);
    line.append('|').append(size == null ? 0 : size);
    String seconds = Times.seconds(row.time());
    for (FileTime field : TIMES) {
      line.append('|').append(times.contains(field) ? seconds : "0");
    }
    return line.append('\n').toString();
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
