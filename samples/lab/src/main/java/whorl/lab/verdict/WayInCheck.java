package whorl.lab.verdict;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.Expectation;

/** Compares findings about the way in with what a descriptor expects. */
final class WayInCheck {
  private static final Set<String> TELLING = Set.of("medium", "high", "critical");

  /** What the findings say when they know the action and not the entry point. */
  private static final String UNEXPLAINED = "nothing in this evidence shows how";

  private final Expectation expected;

  WayInCheck(Expectation expected) {
    this.expected = expected;
  }

  /** The findings about the way in, gravest first. */
  static List<JsonNode> waysIn(JsonNode report) {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode finding : report.path("findings")) {
      if (finding.path("analysis").asText().equals("way-in")
          && TELLING.contains(finding.path("severity").asText())) {
        all.add(finding);
      }
    }
    return all;
  }

  /** The best explanation that one of the reports gives. */
  Verdict.@Nullable Explanation of(List<JsonNode> reports) {
    if (expected.wayIn().isEmpty()) {
      return null;
    }
    return reports.stream().map(this::of).min(Enum::compareTo).orElse(Verdict.Explanation.NONE);
  }

  private Verdict.Explanation of(JsonNode report) {
    List<JsonNode> waysIn = waysIn(report);
    if (waysIn.isEmpty()) {
      return Verdict.Explanation.NONE;
    }
    JsonNode first = waysIn.get(0);
    if (technique(first) && request(first)) {
      return Verdict.Explanation.RIGHT;
    }
    boolean partly =
        technique(first) || waysIn.stream().anyMatch(one -> technique(one) && request(one));
    return partly ? Verdict.Explanation.PARTLY : Verdict.Explanation.WRONG;
  }

  private boolean technique(JsonNode finding) {
    String title = finding.path("title").asText().toLowerCase(Locale.ROOT);
    String text = text(finding);
    return hasAll(title, expected.wayIn())
        || (hasAll(text, expected.wayIn()) && !text.contains(UNEXPLAINED));
  }

  private boolean request(JsonNode finding) {
    String line = expected.request();
    return line == null || text(finding).contains(line.toLowerCase(Locale.ROOT));
  }

  /** Whether the text has each of the words, or one of the alternatives that a word lists. */
  static boolean hasAll(String text, List<String> words) {
    return words.stream()
        .allMatch(
            word ->
                List.of(word.toLowerCase(Locale.ROOT).split("\\|")).stream()
                    .anyMatch(text::contains));
  }

  static String text(JsonNode finding) {
    return (finding.path("title").asText() + "\n" + finding.path("text").asText())
        .toLowerCase(Locale.ROOT);
  }
}
