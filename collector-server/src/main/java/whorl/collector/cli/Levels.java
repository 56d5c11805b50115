package whorl.collector.cli;

import org.jspecify.annotations.Nullable;

/** Colours of alert levels. */
final class Levels {
  private Levels() {}

  static Terminal.Style style(@Nullable String level) {
    return switch (level == null ? "" : level) {
      case "critical" -> Terminal.Style.ALARM;
      case "high" -> Terminal.Style.BAD;
      case "medium" -> Terminal.Style.WARNING;
      default -> Terminal.Style.PLAIN;
    };
  }
}
