package whorl.collector.alerts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/** Other programs' words for how grave something is: syslog's, Falco's, Prometheus users'. */
final class ForeignSeverity {
  private ForeignSeverity() {}

  /** The level of this word; medium for a word we do not know, or none. */
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
