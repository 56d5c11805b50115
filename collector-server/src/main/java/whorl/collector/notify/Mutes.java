package whorl.collector.notify;

import java.io.IOException;
import whorl.collector.store.records.AlertRecord;

/** Knows which alerts are muted for a time. */
@FunctionalInterface
public interface Mutes {
  /** Nothing is muted. */
  Mutes NEVER = alert -> false;

  /**
   * True if a mute hides this alert: one of its rule and service, in its namespace or in all. What
   * counts is when the collector received it, because the clock of a JVM may be wrong.
   */
  boolean isMuted(AlertRecord alert) throws IOException;
}
