package whorl.collector.timeline.read;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.BodyfileName;

/**
 * Reads {@code files.body}, a bodyfile of version 3:
 *
 * <pre>
 * MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime
 * </pre>
 *
 * {@link BodyfileName} decodes names. Each distinct time of a file gives one row; letters mark what
 * happened then, as in {@code mactime}: modified, accessed, changed, born.
 *
 * <p>A kernel sets times with nanoseconds. A time in whole seconds was set by a program, such as
 * tar or an image builder, by another machine's clock; it is not corrected by the agent's clock
 * offset.
 *
 * <p>Anybody can give a file of theirs a time before 1970 or after 2255. No row can have that time,
 * so the rows of the file's other times say it in their message.
 */
final class BodyfileReader extends LineReader {
  private static final int FIELDS_AFTER_NAME = 9;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,19}(\\.\\d{1,9})?");

  private final Map<String, String> sha256OfPath;
  private final JsonText json = new JsonText();

  BodyfileReader(
      Path file, ReadContext readContext, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    super(file, artifactOutcome, firstOrdinal);
    this.sha256OfPath = readContext.sha256OfPath();
  }

  @Override
  int rows(String line, long ordinal, RowBlock block) {
    int nameStart = line.indexOf('|') + 1;
    int nameEnd = line.length();
    for (int i = 0; i < FIELDS_AFTER_NAME && nameEnd > 0; i++) {
      nameEnd = line.lastIndexOf('|', nameEnd - 1);
    }
    if (nameStart < 1 || nameEnd < nameStart) {
      throw new IllegalArgumentException("no line of a bodyfile");
    }
    String name = BodyfileName.read(line.substring(nameStart, nameEnd));
    String[] fields = line.substring(nameEnd + 1).split("\\|", -1);
    StringBuilder outside = new StringBuilder();
    Map<Long, String> moments = moments(fields, outside);
    if (moments.isEmpty() && outside.length() > 0) {
      throw new IllegalArgumentException("no row can have its times" + outside);
    }
    int rows = 0;
    for (Map.Entry<Long, String> moment : moments.entrySet()) {
      row(moment.getKey(), ordinal + rows, moment.getValue(), name, fields, block);
      block.put(Column.MESSAGE, macb(moment.getValue()) + " " + name + outside);
      block.end();
      rows++;
    }
    return rows;
  }

  /** The letters of each time; times that no row can have are written to {@code outside}. */
  private static Map<Long, String> moments(String[] fields, StringBuilder outside) {
    Map<Long, String> moments = new TreeMap<>();
    put(moments, outside, fields[6], 'm');
    put(moments, outside, fields[5], 'a');
    put(moments, outside, fields[7], 'c');
    put(moments, outside, fields[8], 'b');
    return moments;
  }

  private static void put(
      Map<Long, String> moments, StringBuilder outside, String seconds, char letter) {
    long time = EpochNanos.ofSeconds(seconds);
    if (time == EpochNanos.NONE) {
      if (!SECONDS.matcher(seconds).matches()) {
        throw new IllegalArgumentException("its times can't be");
      }
      outside.append(outside.length() == 0 ? "; before 1970 or after 2255: " : ", ");
      outside.append(letter).append(" @").append(seconds);
    } else if (time != 0) {
      moments.merge(time, String.valueOf(letter), String::concat);
    }
  }

  private void row(
      long time, long ordinal, String letters, String name, String[] fields, RowBlock block) {
    block.begin(time, ordinal, time % NANOS_PER_SECOND != 0);
    String action = action(letters);
    block.put(Column.ACTION, "file." + action);
    block.put(Column.CATEGORY, "file");
    block.put(Column.TYPE, type(letters));
    block.put(Column.KIND, "state");
    block.put(Column.DATASET, outcome().artifact());
    block.put(Column.FILE_PATH, name);
    block.put(Column.FILE_MODE, fields[1]);
    block.put(Column.FILE_SHA256, sha256OfPath.get(name));
    if (fields[4].length() <= 18
        && !fields[4].isEmpty()
        && fields[4].chars().allMatch(BodyfileReader::isDigit)) {
      block.put(Column.FILE_SIZE, Long.parseLong(fields[4]));
    }
    json.begin();
    JsonText.quoted(json.member("\"macb\":"), macb(letters));
    JsonText.quoted(json.member("\"inode\":"), fields[0]);
    JsonText.quoted(json.member("\"uid\":"), fields[2]);
    JsonText.quoted(json.member("\"gid\":"), fields[3]);
    JsonText.quoted(json.member("\"mode\":"), fields[1]);
    JsonText.quoted(json.member("\"size\":"), fields[4]);
    block.put(Column.FIELDS, json.end());
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static String macb(String letters) {
    StringBuilder all = new StringBuilder("macb");
    for (int i = 0; i < all.length(); i++) {
      if (letters.indexOf(all.charAt(i)) < 0) {
        all.setCharAt(i, '.');
      }
    }
    return all.toString();
  }

  private static String action(String letters) {
    if (letters.contains("b")) {
      return "born";
    }
    if (letters.contains("m")) {
      return "modified";
    }
    return letters.contains("c") ? "changed" : "accessed";
  }

  private static String type(String letters) {
    if (letters.contains("b")) {
      return "creation";
    }
    return letters.equals("a") ? "access" : "change";
  }
}
