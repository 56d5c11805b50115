package whorl.collector.timeline.read;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;

/**
 * Reads {@code console.log}: time, stream, thread and line, separated by tabs. Lines that are also
 * events are skipped.
 */
final class ConsoleReader extends LineReader {
  private final ReadContext readContext;
  private final JsonText json = new JsonText();
  private final Duplicates.Key key = new Duplicates.Key();
  private int index;

  ConsoleReader(
      Path file, ReadContext readContext, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    super(file, artifactOutcome, firstOrdinal);
    this.readContext = readContext;
  }

  @Override
  int rows(String text, long ordinal, RowBlock block) {
    String[] parts = parts(text);
    long time = time(parts);
    if (readContext.consoleDuplicates().isDuplicate(index++)) {
      return 0;
    }
    block.begin(time, ordinal, true);
    block.put(Column.ACTION, "console.line");
    block.put(Column.CATEGORY, "process");
    block.put(Column.TYPE, "info");
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, outcome().artifact());
    block.put(Column.THREAD_NAME, parts[2]);
    json.begin();
    JsonText.quoted(json.member("\"stream\":"), parts[1]);
    JsonText.quoted(json.member("\"line\":"), parts[3]);
    block.put(Column.FIELDS, json.end());
    block.put(
        Column.MESSAGE,
        EventMappings.console().with(name -> name.equals("stream") ? parts[1] : parts[3]));
    return 1;
  }

  /** Announces a line before rows are read; false if there are too many. */
  boolean announce(String text) {
    try {
      String[] parts = parts(text);
      key.begin("whorl.Console", parts[2]);
      key.addField("stream", parts[1]);
      key.addField("line", parts[3]);
      return readContext.consoleDuplicates().announce(key.value(), time(parts));
    } catch (IllegalArgumentException later) {
      return true;
    }
  }

  private static String[] parts(String text) {
    String[] parts = text.split("\t", 4);
    if (parts.length != 4) {
      throw new IllegalArgumentException("no console line");
    }
    return parts;
  }

  private static long time(String[] parts) {
    try {
      long time = EpochNanos.of(Instant.parse(parts[0]));
      if (time != EpochNanos.NONE) {
        return time;
      }
    } catch (DateTimeException noTime) {
      // reported below
    }
    throw new IllegalArgumentException("its time can't be");
  }
}
