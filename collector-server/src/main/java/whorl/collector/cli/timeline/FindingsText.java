package whorl.collector.cli.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import whorl.collector.cli.terminal.Levels;
import whorl.collector.cli.terminal.Printable;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

/** Prints a report for people: summary, chain, findings by severity, other affected systems. */
final class FindingsText {
  private static final int READABLE_COLUMNS = 100;
  private static final int ROWS_SHOWN = 5;
  private static final List<String> SEVERITIES =
      List.of("critical", "high", "medium", "low", "informational");

  private final Terminal terminal;
  private final int columns;

  FindingsText(Terminal terminal) {
    this.terminal = terminal;
    this.columns = Math.min(READABLE_COLUMNS, terminal.columns());
  }

  void print(JsonNode report) {
    terminal.line("Evidence " + report.path("evidence").asText());
    terminal.line("");
    wrapped("", report.path("summary").asText());
    chain(report.path("chain"));
    findings(report.path("findings"));
    scope(report.path("scope"));
  }

  private void chain(JsonNode chain) {
    if (chain.isEmpty()) {
      return;
    }
    heading("What happened");
    for (JsonNode step : chain) {
      String tactic = step.path("tactic").asText("");
      wrapped(
          "  " + time(step.path("time").asText()) + "  ",
          step.path("what").asText() + (tactic.isEmpty() ? "" : " (" + tactic + ")"));
    }
  }

  private void findings(JsonNode findings) {
    if (findings.isEmpty()) {
      terminal.line("");
      terminal.line("Nothing was found.");
      return;
    }
    heading("Findings");
    for (String severity : SEVERITIES) {
      for (JsonNode finding : findings) {
        if (finding.path("severity").asText().equals(severity)) {
          finding(severity, finding);
        }
      }
    }
  }

  private void finding(String severity, JsonNode finding) {
    String word = severity.toUpperCase(Locale.ROOT);
    String title = Printable.of(finding.path("title").asText());
    terminal.out().println("  " + terminal.styled(Levels.style(severity), word) + "  " + title);
    wrapped("      ", finding.path("text").asText());
    List<String> facts = new ArrayList<>();
    finding
        .path("techniques")
        .forEach(item -> facts.add(item.path("id").asText() + " " + item.path("name").asText()));
    List<String> rows = texts(finding.path("rows"));
    if (!rows.isEmpty()) {
      List<String> numbers =
          rows.stream().limit(ROWS_SHOWN).map(row -> row.substring(row.indexOf(':') + 1)).toList();
      int more = rows.size() - numbers.size();
      facts.add(
          (rows.size() == 1 ? "row " : "rows ")
              + String.join(", ", numbers)
              + (more > 0 ? " and " + more + " more" : ""));
    }
    if (!facts.isEmpty()) {
      faint("      ", String.join(" · ", facts));
    }
    terminal.line("");
  }

  private void scope(JsonNode scope) {
    List<JsonNode> concerned =
        StreamSupport.stream(scope.spliterator(), false)
            .filter(item -> !item.path("elsewhere").isEmpty())
            .toList();
    if (concerned.isEmpty()) {
      return;
    }
    heading("Seen elsewhere");
    for (JsonNode item : concerned) {
      wrapped("  ", item.path("kind").asText() + " " + item.path("value").asText());
      for (JsonNode sighting : item.path("elsewhere")) {
        faint("      ", describe(sighting));
      }
    }
  }

  private static String describe(JsonNode sighting) {
    List<String> parts = new ArrayList<>();
    parts.add(
        time(sighting.path("firstSeen").asText())
            + " to "
            + time(sighting.path("lastSeen").asText()));
    for (String name : List.of("service", "pod", "agent", "evidence", "alert")) {
      String value = sighting.path(name).asText("");
      if (!value.isEmpty() && !sighting.path(name).isNull()) {
        parts.add(name + " " + value);
      }
    }
    return String.join(" · ", parts);
  }

  private void heading(String text) {
    terminal.line("");
    terminal.line(text);
    terminal.line("");
  }

  private void wrapped(String indent, String text) {
    wrapped(Terminal.Style.PLAIN, indent, text);
  }

  private void faint(String indent, String text) {
    wrapped(Terminal.Style.FAINT, indent, text);
  }

  /** Wraps text at words and indents further lines to the start of the text. */
  private void wrapped(Terminal.Style style, String indent, String text) {
    StringBuilder line = new StringBuilder(indent);
    int start = indent.length();
    for (String word : Printable.of(text.replace('\n', ' ')).split(" +")) {
      if (line.length() > start && line.length() + 1 + word.length() > columns) {
        print(style, line);
        line.setLength(0);
        line.append(" ".repeat(start));
      }
      line.append(line.length() > start ? " " : "").append(word);
    }
    print(style, line);
  }

  private void print(Terminal.Style style, StringBuilder line) {
    String text = Printable.of(line.toString());
    terminal.out().println(style == Terminal.Style.PLAIN ? text : terminal.styled(style, text));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static String time(String text) {
    try {
      return Table.exactTime(Instant.parse(text));
    } catch (DateTimeException sighting) {
      return text;
    }
  }
}
