package whorl.collector.notify.message;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * What a target delivers.
 *
 * @param id the same at each attempt, so that a receiver can detect a repetition
 * @param count how many events it stands for
 * @param page the address of the collector's page; null if it is not known
 */
public record Message(
    Id id, String notification, Notice notice, long count, Instant added, @Nullable URI page) {
  /** One line: level, title, count and place. */
  public String line() {
    StringBuilder line = new StringBuilder();
    if (notice.kind() != Kind.TEST) {
      line.append(notice.over() ? "over" : notice.level().word()).append(": ");
    }
    line.append(notice.title());
    if (count > 1) {
      line.append(" (").append(count).append(" events)");
    }
    if (notice.service() != null) {
      line.append(" in ").append(notice.service());
    }
    return oneLine(line);
  }

  /** Rules and webhooks make titles, and receivers of lines and headers end them at a break. */
  private static String oneLine(StringBuilder text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        text.setCharAt(i, ' ');
      }
    }
    return text.toString();
  }

  /** The link to what it is about; null if the page's address is not known. */
  public @Nullable String link() {
    URI at = page;
    if (at == null) {
      return null;
    }
    String root = at.toString();
    return (root.endsWith("/") ? root : root + "/") + "#/" + place();
  }

  private String place() {
    if (notice.evidence() != null) {
      return "evidence/" + notice.evidence();
    }
    if (notice.alert() != null) {
      return "alerts/" + notice.alert();
    }
    if (notice.capture() != null) {
      return "captures/" + notice.capture();
    }
    return notice.kind() == Kind.TEST ? "notifications" : "alerts";
  }

  /** Name and value of what a person reads, in the order of use to somebody who is woken by it. */
  public List<Map.Entry<String, String>> facts() {
    List<Map.Entry<String, String>> facts = new ArrayList<>();
    add(facts, "Service", notice.service());
    add(facts, "Namespace", notice.namespace());
    add(facts, "Pod", notice.pod());
    add(facts, "Time", notice.time().toString());
    add(facts, "Also", String.join("; ", notice.also()));
    add(facts, "State", notice.state());
    add(facts, "Reason", notice.reason());
    if (!notice.findings().isEmpty()) {
      List<String> counts = new ArrayList<>();
      List<Level> gravestFirst = new ArrayList<>(List.of(Level.values()));
      Collections.reverse(gravestFirst);
      for (Level level : gravestFirst) {
        String word = level.word();
        Integer number = notice.findings().get(word);
        if (number != null) {
          counts.add(number + " " + word);
        }
      }
      add(facts, "Findings", String.join(", ", counts));
    }
    new TreeMap<>(notice.fields()).forEach((name, value) -> add(facts, name, value));
    add(facts, "Source", notice.source());
    add(facts, "Rule", notice.rule());
    add(facts, "Tags", String.join(", ", notice.tags()));
    return facts;
  }

  private static void add(
      List<Map.Entry<String, String>> facts, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      facts.add(Map.entry(name, value));
    }
  }

  /** The message as text: its line, the facts, the link. */
  public String text() {
    StringBuilder text = new StringBuilder(line()).append("\n\n");
    for (Map.Entry<String, String> fact : facts()) {
      text.append(fact.getKey()).append(": ").append(fact.getValue()).append('\n');
    }
    if (link() != null) {
      text.append('\n').append(link()).append('\n');
    }
    return text.toString();
  }
}
