package whorl.collector.cli.timeline;

import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Terminal;
import whorl.event.EventType;

/** Colours of event categories. */
final class Categories {
  private Categories() {}

  static Terminal.Style style(@Nullable String category) {
    return switch (category == null ? "" : category) {
      case "intrusion_detection", "malware", "threat" -> Terminal.Style.ALARM;
      case "process" -> Terminal.Style.BAD;
      case "configuration", "authentication", "iam" -> Terminal.Style.WARNING;
      case "file" -> Terminal.Style.GOOD;
      case "network" -> Terminal.Style.CYAN;
      case "web", "api", "session" -> Terminal.Style.BLUE;
      case "library", "driver", "package" -> Terminal.Style.MAGENTA;
      case "host" -> Terminal.Style.FAINT;
      default -> Terminal.Style.PLAIN;
    };
  }

  /**
   * The category of a live event, derived from its type: the journal has no categories. It equals
   * that of the timeline.
   */
  static String ofType(String type) {
    return switch (type) {
      case "whorl.Alert" -> "intrusion_detection";
      case "whorl.ProcessExit", "whorl.Console", "whorl.MethodCall" -> "process";
      default -> {
        EventType known = type.startsWith("whorl.") ? EventType.named(type) : null;
        String unknown = type.startsWith("whorl.File") ? "file" : "host";
        yield known == null ? unknown : known.ecsCategory();
      }
    };
  }
}
