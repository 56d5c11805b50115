package whorl.collector.fleet.costs;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.AgentCosts;

/**
 * Keeps only plausible numbers of the costs that an agent reports: finite, not negative, and within
 * bounds that no JVM reaches. Drops and counts the rest.
 */
final class CostCheck {
  /** A thousand processors for three hundred years. */
  static final double MAX_SECONDS = 1e13;

  /** A million a second for thirty years. */
  static final long MAX_COUNT = 1_000_000_000_000_000L;

  /** 16 TiB. */
  static final long MAX_BYTES = 1L << 44;

  static final int MAX_HOLDERS = 32;
  private static final Pattern HOLDER = Pattern.compile("[A-Za-z][A-Za-z0-9.-]{0,39}");

  private final LongAdder dropped;

  /**
   * @param dropped counts numbers that are not plausible
   */
  CostCheck(LongAdder dropped) {
    this.dropped = dropped;
  }

  /**
   * Returns the plausible costs; null when the elapsed time is not plausible, because all else is
   * divided by it.
   */
  @Nullable AgentCosts checked(AgentCosts reported) {
    if (seconds(reported.seconds()) == null) {
      return null;
    }
    return new AgentCosts(
        reported.seconds(),
        seconds(reported.cpuSeconds()),
        seconds(reported.jfrCpuSeconds()),
        seconds(reported.hookSeconds()),
        number(reported.hookVisits(), MAX_COUNT),
        number(reported.eventsTold(), MAX_COUNT),
        number(reported.eventsCounted(), MAX_COUNT),
        heldBytes(reported.heldBytes()));
  }

  private @Nullable Double seconds(@Nullable Double reported) {
    // NaN fails both comparisons.
    return reported == null || (reported >= 0 && reported <= MAX_SECONDS) ? reported : drop();
  }

  private @Nullable Long number(@Nullable Long reported, long max) {
    return reported == null || (reported >= 0 && reported <= max) ? reported : drop();
  }

  private Map<String, Long> heldBytes(Map<String, Long> reported) {
    Map<String, Long> checkedBytes = new TreeMap<>();
    reported.forEach(
        (name, bytes) -> {
          boolean valid = checkedBytes.size() < MAX_HOLDERS && HOLDER.matcher(name).matches();
          Long checked = valid ? number(bytes, MAX_BYTES) : drop();
          if (checked != null) {
            checkedBytes.put(name, checked);
          }
        });
    return checkedBytes;
  }

  private <T> @Nullable T drop() {
    dropped.increment();
    return null;
  }
}
