package whorl.collector.cli.timeline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.Printable;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** Prints live events as lines: for people, or as JSON objects for programs. */
final class JournalLines {
  private final Terminal terminal;
  private final boolean json;
  private final boolean stacks;

  JournalLines(Terminal terminal, boolean json, boolean stacks) {
    this.terminal = terminal;
    this.json = json;
    this.stacks = stacks;
  }

  /**
   * @param service shown in the line; null if only one JVM is followed
   * @return false if the reader of the output is gone
   */
  boolean show(String agent, @Nullable String service, EventLine event) {
    if (json) {
      // this JSON escapes all non-ASCII characters, including harmful ones
      terminal.out().println(Json.text(asJson(agent, service, event)));
    } else {
      terminal.out().println(line(service, event));
      if (stacks) {
        event.stack().forEach(frame -> terminal.out().println(faint("    at " + frame)));
      }
    }
    return !terminal.out().checkError();
  }

  private String line(@Nullable String service, EventLine event) {
    String type = Printable.of(event.type());
    String words =
        event.fields().entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining(" "));
    return Table.exactTime(event.time())
        + "  "
        + (service == null ? "" : Printable.of(service) + "  ")
        + terminal.styled(Categories.style(Categories.ofType(event.type())), type)
        + "  "
        + Printable.of(words)
        + (event.thread() == null ? "" : faint("  [" + event.thread() + "]"));
  }

  private String faint(String text) {
    return terminal.styled(Terminal.Style.FAINT, Printable.of(text));
  }

  private Map<String, Object> asJson(String agent, @Nullable String service, EventLine event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("agent", agent);
    if (service != null) {
      line.put("service", service);
    }
    line.put("sequence", event.sequence());
    line.put("time", event.time());
    line.put("type", event.type());
    line.put("fields", event.fields());
    if (event.thread() != null) {
      line.put("thread", event.thread());
    }
    if (stacks) {
      line.put("stack", event.stack());
    }
    return line;
  }
}
