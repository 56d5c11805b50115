package whorl.collector.schedules;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.schedules.Schedule;
import whorl.collector.store.schedules.ScheduleLedger;

/**
 * Requests the captures that are due. If turns were missed because no collector ran, one capture
 * makes up for them. If there are several collectors, one of them takes each turn; if its requests
 * fail, it gives the turn back, and the turn is tried again. {@link #run} is for one thread.
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
  private final AtomicLong failed = new AtomicLong();

  /** Turns that failed, and that could not be given back yet. */
  private final Deque<Turn> taken = new ArrayDeque<>();

  /**
   * A turn that this collector has taken.
   *
   * @param next the schedule's next turn
   */
  private record Turn(ScheduleLedger.Entry entry, Instant next) {}

  public ScheduledCaptures(ScheduleLedger ledger, Requester requester, InstantSource clock) {
    this.ledger = ledger;
    this.requester = requester;
    this.clock = clock;
  }

  /** Requests what is due; call it every few seconds. */
  public void run() throws IOException {
    giveBack();
    Instant now = clock.instant();
    OneByOne turns = new OneByOne();
    for (ScheduleLedger.Entry entry : ledger.due(now)) {
      Turn turn = new Turn(entry, next(entry.next(), entry.schedule(), now));
      turns.run("schedule " + entry.schedule().name(), () -> run(turn));
    }
    turns.end();
  }

  private void run(Turn turn) throws IOException {
    Schedule schedule = turn.entry().schedule();
    if (!ledger.take(turn.entry(), turn.next())) {
      return;
    }
    int captures;
    try {
      captures = requester.request(schedule);
    } catch (IOException | RuntimeException | Error e) {
      failed.incrementAndGet();
      taken.add(turn);
      giveBackAfter(e);
      throw e;
    }
    requested.addAndGet(captures);
    if (captures == 0) {
      skipped.incrementAndGet();
      LOG.info("schedule {}: no agent can be captured now", schedule.name());
    }
  }

  /** If the records do not answer now, the next run gives the turns back. */
  private void giveBackAfter(Throwable failure) {
    try {
      giveBack();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void giveBack() throws IOException {
    for (Turn turn = taken.peek(); turn != null; turn = taken.peek()) {
      ledger.giveBack(turn.entry(), turn.next());
      taken.remove();
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

  /** Turns since the start that failed, and were tried again. */
  public long failed() {
    return failed.get();
  }

  /** Turns since the start at which no agent could be captured. */
  public long skipped() {
    return skipped.get();
  }
}
