package whorl.collector.alerts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/** Maps the severities of other programs to levels: of syslog, Falco, and Prometheus users. */
final class ForeignSeverity {
  private ForeignSeverity() {}

  /** Returns the level of this word; medium when it is unknown or null. */
  static Level level(@Nullable String word) {
    if (word == null) {
      return Level.MEDIUM;
    }
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "emergency", "emerg", "alert", "critical", "crit", "fatal", "page" -> Level.CRITICAL;
      case "error", "err", "high", "major" -> Level.HIGH;
      case "notice", "low", "minor" -> Level.LOW;
      case "informational", "info", "debug", "none" -> Level.INFORMATIONAL;
      default -> Level.MEDIUM;
    };
  }
}
