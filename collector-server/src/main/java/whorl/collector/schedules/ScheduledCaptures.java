package whorl.collector.schedules;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.schedules.Schedule;
import whorl.collector.store.schedules.ScheduleLedger;

/**
 * Requests the captures that are due. If turns were missed because no collector ran, one capture
 * makes up for them. If there are several collectors, one of them takes each turn.
 */
public final class ScheduledCaptures {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduledCaptures.class);

  /** Requests captures from agents. */
  @FunctionalInterface
  public interface Requester {
    /** Returns the number of requested captures; 0 if no agent can be captured now. */
    int request(Schedule schedule) throws IOException;
  }

  private final ScheduleLedger ledger;
  private final Requester requester;
  private final InstantSource clock;
  private final AtomicLong requested = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();

  public ScheduledCaptures(ScheduleLedger ledger, Requester requester, InstantSource clock) {
    this.ledger = ledger;
    this.requester = requester;
    this.clock = clock;
  }

  /** Requests what is due; call it every few seconds. */
  public void run() throws IOException {
    Instant now = clock.instant();
    for (ScheduleLedger.Entry entry : ledger.due(now)) {
      Schedule schedule = entry.schedule();
      if (ledger.take(entry, next(entry.next(), schedule, now))) {
        int captures = requester.request(schedule);
        requested.addAndGet(captures);
        if (captures == 0) {
          skipped.incrementAndGet();
          LOG.info("schedule {}: no agent can be captured now", schedule.name());
        }
      }
    }
  }

  /** The first turn after now, in step with the earlier ones. */
  private static Instant next(Instant due, Schedule schedule, Instant now) {
    Duration every = Duration.ofSeconds(schedule.everySeconds());
    long missed = Math.max(0, Duration.between(due, now).dividedBy(every));
    return due.plus(every.multipliedBy(missed + 1));
  }

  /** Captures that were requested since the start. */
  public long requested() {
    return requested.get();
  }

  /** Turns since the start at which no agent could be captured. */
  public long skipped() {
    return skipped.get();
  }
}
