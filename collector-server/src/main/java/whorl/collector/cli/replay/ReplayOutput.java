package whorl.collector.cli.replay;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Printable;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.EventLine;
import whorl.evidence.Text;

/** Prints replayed events for people. */
final class ReplayOutput {
  private static final int VALUE_MAX_CHARS = 300;
  private static final int TYPE_CHARS = 22;

  private final Terminal terminal;

  ReplayOutput(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(EventLine event) {
    StringBuilder line = new StringBuilder();
    line.append(Table.exactTime(event.time())).append("  ");
    String type = Printable.of(event.type());
    line.append(terminal.styled(style(event), type));
    line.append(" ".repeat(Math.max(0, TYPE_CHARS - type.length())));
    String thread = event.thread();
    line.append("  ").append(terminal.styled(Terminal.Style.FAINT, "[" + printable(thread) + "]"));
    event.fields().forEach((name, value) -> append(line, name, value));
    terminal.out().println(line);
    for (String frame : event.stack()) {
      terminal.out().println("      at " + Printable.of(frame));
    }
  }

  /** Flags that are false are left out. */
  private static void append(StringBuilder line, String name, Object value) {
    if (Boolean.FALSE.equals(value)) {
      return;
    }
    line.append(' ').append(Printable.of(name.equals("requestId") ? "http.request.id" : name));
    if (!Boolean.TRUE.equals(value)) {
      line.append('=').append(quoted(text(name, value)));
    }
  }

  private static String text(String name, Object value) {
    if (value instanceof Long nanos && (name.equals("duration") || name.equals("elapsed"))) {
      return String.format(Locale.ROOT, "%.3fms", nanos / 1e6);
    }
    return printable(value.toString());
  }

  private static String quoted(String text) {
    String shown = Text.atMost(text, VALUE_MAX_CHARS);
    return shown.isEmpty() || shown.indexOf(' ') >= 0 ? '"' + shown + '"' : shown;
  }

  private static String printable(@Nullable String text) {
    return text == null ? "-" : Printable.of(text);
  }

  private static Terminal.Style style(EventLine event) {
    return switch (event.type()) {
      case "whorl.Alert" -> Levels.style(String.valueOf(event.fields().get("level")));
      case "whorl.Tamper", "whorl.AgentLoad" -> Terminal.Style.BAD;
      case "whorl.ProcessStart",
          "whorl.ClassDefine",
          "whorl.Registration",
          "whorl.JndiLookup",
          "whorl.JndiAnswer",
          "whorl.Deserialization",
          "whorl.ScriptEval",
          "whorl.Reflection",
          "whorl.LoaderCreate",
          "whorl.XmlEntity" ->
          Terminal.Style.WARNING;
      case "whorl.HttpRequest" -> Terminal.Style.GOOD;
      default -> event.type().startsWith("whorl.") ? Terminal.Style.PLAIN : Terminal.Style.FAINT;
    };
  }
}
