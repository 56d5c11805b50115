package whorl.collector.cli.terminal;

import org.jspecify.annotations.Nullable;

/** Colours of alert levels. */
public final class Levels {
  private Levels() {}

  public static Terminal.Style style(@Nullable String level) {
    return switch (level == null ? "" : level) {
      case "critical" -> Terminal.Style.ALARM;
      case "high" -> Terminal.Style.BAD;
      case "medium" -> Terminal.Style.WARNING;
      default -> Terminal.Style.PLAIN;
    };
  }
}
