package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import java.nio.file.Path;
import java.util.Set;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Json;

/**
 * Reads how the evidence arrived: the custody entries up to its sealing, by the collector's clock.
 * Later entries are not part of the timeline, which does not change.
 */
final class CustodyReader extends LineReader {
  private static final Set<String> ARRIVAL =
      Set.of("received", "sealed", "refused", "expired", "derived");

  CustodyReader(Path file, ArtifactOutcome artifactOutcome, long firstOrdinal) {
    super(file, artifactOutcome, firstOrdinal);
  }

  @Override
  int rows(String line, long ordinal, RowBlock block) {
    CustodyEntry entry;
    try {
      entry = Json.LENIENT.readValue(line, CustodyEntry.class);
    } catch (JacksonException damaged) {
      throw new IllegalArgumentException("no custody entry", damaged);
    }
    if (entry == null || entry.time() == null || entry.action() == null || entry.actor() == null) {
      throw new IllegalArgumentException("a custody entry without time, action or actor");
    }
    long time = EpochNanos.of(entry.time());
    if (!ARRIVAL.contains(entry.action()) || time == EpochNanos.NONE) {
      return 0;
    }
    block.begin(time, ordinal, false);
    block.put(Column.ACTION, "custody." + entry.action());
    block.put(Column.CATEGORY, "configuration");
    block.put(Column.TYPE, "info");
    block.put(Column.KIND, "event");
    block.put(Column.DATASET, outcome().artifact());
    block.put(Column.SEQUENCE, entry.sequence());
    block.put(Column.FIELDS, Json.text(entry.detail()));
    block.put(Column.MESSAGE, "custody: " + entry.action() + " by " + entry.actor());
    return 1;
  }
}
