package whorl.agent.hunt;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.BackgroundYield;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.CollectorMessage;
import whorl.evidence.channel.HuntRow;
import whorl.evidence.channel.HuntState;

/**
 * The work on one hunt: its limits, and what was found so far. It lets the application's threads
 * run first. Used by one thread, except {@link #cancel}.
 */
public final class HuntWork {
  private static final int NOTES_MAX = 16;
  private static final int EXAMINED_PER_YIELD = 16;
  private static final long PROCESSOR_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final CollectorMessage.Hunt hunt;
  private final HuntLimits limits;
  private final LongSupplier nanos;
  private final LongSupplier processorNanos;
  private final BackgroundYield background = new BackgroundYield();
  private final long startNanos;
  private final long startProcessorNanos;
  private final List<HuntRow> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private long processorCheckedNanos;
  private long bytes;
  private long matched;
  private long examined;
  private @Nullable String cut;
  private boolean stopped;
  private @Nullable Instant from;
  private @Nullable Instant to;
  private volatile boolean cancelled;

  /**
   * @param nanos a monotonic clock
   * @param processorNanos the processor time of the thread that works
   */
  HuntWork(
      CollectorMessage.Hunt hunt,
      HuntLimits limits,
      LongSupplier nanos,
      LongSupplier processorNanos) {
    this.hunt = hunt;
    this.limits = limits;
    this.nanos = nanos;
    this.processorNanos = processorNanos;
    this.startNanos = nanos.getAsLong();
    this.processorCheckedNanos = startNanos;
    this.startProcessorNanos = processorNanos.getAsLong();
  }

  Id id() {
    return hunt.hunt();
  }

  /** How far back events are looked at; 0 for all. */
  public int windowSeconds() {
    return hunt.windowSeconds();
  }

  /** Nobody waits for the answer any more. Any thread. */
  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /**
   * Call this before each thing that is looked at; it is counted as examined.
   *
   * @return false if the work must stop now
   */
  public boolean goesOn() {
    if (stopped || isBeyondLimits()) {
      return false;
    }
    examined++;
    return true;
  }

  private boolean isBeyondLimits() {
    if (cancelled) {
      return stop("it was cancelled");
    }
    if (examined % EXAMINED_PER_YIELD == 0) {
      background.giveWay();
    }
    long now = nanos.getAsLong();
    if (now - startNanos > limits.wallNanos()) {
      return stop("after " + TimeUnit.NANOSECONDS.toSeconds(limits.wallNanos()) + " s");
    }
    if (now - processorCheckedNanos > PROCESSOR_CHECK_NANOS) {
      processorCheckedNanos = now;
      if (processorNanos.getAsLong() - startProcessorNanos > limits.processorNanos()) {
        return stop(
            "after "
                + TimeUnit.NANOSECONDS.toMillis(limits.processorNanos())
                + " ms of processor time");
      }
    }
    return false;
  }

  private boolean stop(String why) {
    stopped = true;
    cut(why);
    return true;
  }

  /** The processor time that is left for the work. */
  long remainingProcessorNanos() {
    return Math.max(
        0, limits.processorNanos() - (processorNanos.getAsLong() - startProcessorNanos));
  }

  /** True if one more row would be kept. */
  public boolean hasRoom() {
    return rows.size() < hunt.limit() && bytes < limits.bytes();
  }

  /** Adds what was found; beyond the limits it is only counted. */
  public void found(HuntRow row) {
    matched++;
    if (rows.size() >= hunt.limit()) {
      cut("more than " + hunt.limit() + " rows match");
      return;
    }
    int rowBytes = RowSize.of(row);
    if (bytes + rowBytes > limits.bytes()) {
      bytes = limits.bytes();
      cut("the rows have more than " + (limits.bytes() >> 10) + " KiB");
      return;
    }
    bytes += rowBytes;
    rows.add(row);
  }

  /** Counts something that matches without making a row of it, after {@link #hasRoom}. */
  public void foundMore() {
    matched++;
    cut(
        rows.size() >= hunt.limit()
            ? "more than " + hunt.limit() + " rows match"
            : "the rows have more than " + (limits.bytes() >> 10) + " KiB");
  }

  /** Says why the answer is not complete; the first reason is kept. */
  public void cut(String why) {
    if (cut == null) {
      cut = why;
    }
  }

  /** Adds what the rows do not say; bounded. */
  public void note(String note) {
    if (notes.size() < NOTES_MAX) {
      notes.add(Cut.text(note));
    }
  }

  /** Sets the times that the answer covers. */
  public void covers(@Nullable Instant oldest, Instant newest) {
    from = oldest;
    to = newest;
  }

  HuntAnswer answer() {
    return new HuntAnswer(
        id(),
        HuntState.ANSWERED,
        null,
        rows,
        matched,
        examined,
        cut,
        from,
        to,
        TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startNanos),
        notes);
  }
}
