package whorl.collector.alerts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * Remembers which capture an external alert started, so that its repetitions join it. Not
 * thread-safe.
 */
final class Cooldown {
  private static final Duration PERIOD = Duration.ofSeconds(60);
  private static final int MAX_REMEMBERED = 10_000;

  private final InstantSource clock;
  private final LinkedHashMap<Key, Begun> begun =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Begun> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  Cooldown(InstantSource clock) {
    this.clock = clock;
  }

  private record Key(Id agent, String fingerprint) {}

  private record Begun(Id capture, Instant at) {}

  /**
   * Returns the capture that the same alert began on this agent within the last minute, or null.
   */
  @Nullable Id capture(Id agent, String fingerprint) {
    Begun latest = begun.get(new Key(agent, fingerprint));
    return latest == null || !latest.at().plus(PERIOD).isAfter(clock.instant())
        ? null
        : latest.capture();
  }

  void begin(Id agent, String fingerprint, Id capture) {
    Key key = new Key(agent, fingerprint);
    begun.remove(key);
    begun.put(key, new Begun(capture, clock.instant()));
  }
}
