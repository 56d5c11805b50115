package whorl.collector.timeline.read.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Chunk;
import whorl.collector.recording.Cursor;
import whorl.collector.recording.DamagedRecordingException;
import whorl.collector.recording.Type;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.evidence.Text;

/** Reads one chunk of a recording. Damage is recorded as a problem; everything else gives rows. */
public final class RecordingReader implements ArtifactReader {
  private final RecordingChunk location;
  private final ReadContext readContext;
  private final ArtifactOutcome artifactOutcome;
  private final long firstOrdinal;
  private @Nullable EventRow row;
  private @Nullable Chunk chunk;
  private @Nullable Cursor cursor;
  private @Nullable TypePlan[] plans = new TypePlan[0];
  private long events;
  private long invalidTimes;
  private long unread;
  private @Nullable String firstUnread;

  /**
   * @param firstOrdinal of its rows
   */
  public RecordingReader(
      RecordingChunk location,
      ReadContext readContext,
      ArtifactOutcome artifactOutcome,
      long firstOrdinal) {
    this.location = location;
    this.readContext = readContext;
    this.artifactOutcome = artifactOutcome;
    this.firstOrdinal = firstOrdinal;
  }

  @Override
  public String artifact() {
    return artifactOutcome.artifact();
  }

  @Override
  public boolean fill(RowBlock block) throws IOException {
    int before = block.size();
    try {
      return read(block);
    } finally {
      artifactOutcome.rows(block.size() - before);
    }
  }

  @Override
  public void close() {
    if (invalidTimes > 0) {
      artifactOutcome.problem(
          Text.counted(invalidTimes, "event")
              + " of chunk "
              + location.number()
              + (invalidTimes == 1 ? " has an impossible time" : " have impossible times"));
      invalidTimes = 0;
    }
    if (unread > 0) {
      artifactOutcome.problem(
          Text.counted(unread, "event")
              + " of chunk "
              + location.number()
              + " can't be read ("
              + firstUnread
              + ")");
      unread = 0;
    }
    cursor = null;
    chunk = null;
    row = null;
    plans = new TypePlan[0];
  }

  private boolean read(RowBlock block) throws IOException {
    Cursor open = cursor;
    EventRow eventRow = row;
    if (open == null || eventRow == null) {
      open = open();
      if (open == null) {
        return false;
      }
      cursor = open;
      eventRow = new EventRow(readContext);
      row = eventRow;
    }
    while (!block.full()) {
      try {
        Type type = open.next();
        if (type == null) {
          ended();
          return false;
        }
        event(open, type, eventRow, block);
      } catch (DamagedRecordingException damaged) {
        unread(damaged.getMessage(), block);
      } catch (RuntimeException unforeseen) {
        unread(unforeseen.toString(), block);
      }
      events++;
    }
    return true;
  }

  private @Nullable Cursor open() throws IOException {
    if (location.size() > Integer.MAX_VALUE) {
      lost("it is " + location.size() + " bytes long; " + Integer.MAX_VALUE + " can be read");
      return null;
    }
    try {
      Chunk opened = Chunk.of(location.map(), readContext.stacks()::keep);
      opened
          .remarks()
          .forEach(remark -> artifactOutcome.problem("chunk " + location.number() + ": " + remark));
      plans = new TypePlan[opened.types()];
      chunk = opened;
      return opened.events();
    } catch (DamagedRecordingException damaged) {
      lost(damaged.getMessage());
      return null;
    } catch (RuntimeException unforeseen) {
      lost(unforeseen.toString());
      return null;
    }
  }

  private void unread(@Nullable String reason, RowBlock block) {
    block.abandon();
    unread++;
    firstUnread = firstUnread == null ? reason : firstUnread;
  }

  private void ended() {
    if (chunk != null && chunk.damage() != null) {
      lost(chunk.damage());
    }
  }

  private void lost(@Nullable String reason) {
    artifactOutcome.problem(
        "chunk "
            + location.number()
            + " is damaged after "
            + Text.counted(events, "event")
            + " ("
            + reason
            + "); the rest of it is lost");
  }

  private void event(Cursor open, Type type, EventRow eventRow, RowBlock block) throws IOException {
    long time = EpochNanos.of(open.startNanos());
    if (time == EpochNanos.NONE) {
      invalidTimes++;
      return;
    }
    TypePlan plan = plans[type.number()];
    if (plan == null) {
      plan =
          new TypePlan(type, artifactOutcome.artifact(), !readContext.ringDuplicates().isEmpty());
      plans[type.number()] = plan;
    }
    block.begin(time, firstOrdinal + events, true);
    long duration = open.durationNanos();
    if (duration > 0) {
      block.put(Column.DURATION, duration);
    }
    eventRow.write(open, plan, time, block);
    block.end();
  }
}
