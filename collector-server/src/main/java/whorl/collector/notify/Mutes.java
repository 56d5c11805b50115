package whorl.collector.notify;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Knows which alerts are muted for a time. */
@FunctionalInterface
public interface Mutes {
  /** Nothing is muted. */
  Mutes NEVER = (rule, service, at) -> false;

  /**
   * True if alerts of this rule in this service are muted at this time.
   *
   * @param at the time at which the collector received the alert, as for the lists of alerts; a
   *     JVM's clock may be wrong
   */
  boolean isMuted(String rule, @Nullable String service, Instant at) throws IOException;
}
