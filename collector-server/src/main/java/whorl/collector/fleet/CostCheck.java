package whorl.collector.fleet;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentCosts;

/**
 * Leaves of what an agent says it costs only what can be true: finite, not negative, and within
 * bounds that no JVM reaches. The rest is dropped and counted.
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

  private final FleetCounters counters;

  CostCheck(FleetCounters counters) {
    this.counters = counters;
  }

  /** What can be believed; null when even the time that all else is divided by cannot. */
  @Nullable AgentCosts checked(AgentCosts said) {
    if (seconds(said.seconds()) == null) {
      return null;
    }
    return new AgentCosts(
        said.seconds(),
        seconds(said.cpuSeconds()),
        seconds(said.jfrCpuSeconds()),
        seconds(said.hookSeconds()),
        number(said.hookVisits(), MAX_COUNT),
        number(said.eventsTold(), MAX_COUNT),
        number(said.eventsCounted(), MAX_COUNT),
        held(said.heldBytes()));
  }

  private @Nullable Double seconds(@Nullable Double said) {
    // A number that is none is in no range.
    return said == null || (said >= 0 && said <= MAX_SECONDS) ? said : dropped();
  }

  private @Nullable Long number(@Nullable Long said, long most) {
    return said == null || (said >= 0 && said <= most) ? said : dropped();
  }

  private Map<String, Long> held(Map<String, Long> said) {
    Map<String, Long> held = new TreeMap<>();
    said.forEach(
        (name, bytes) -> {
          boolean named = held.size() < MAX_HOLDERS && HOLDER.matcher(name).matches();
          Long checked = named ? number(bytes, MAX_BYTES) : dropped();
          if (checked != null) {
            held.put(name, checked);
          }
        });
    return held;
  }

  private <T> @Nullable T dropped() {
    counters.droppedCosts.increment();
    return null;
  }
}
