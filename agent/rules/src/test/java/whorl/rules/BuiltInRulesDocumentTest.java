package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import whorl.rules.parse.RulePack;

/**
 * Compares {@code docs/built-in-rules.md} with the rules; {@code -Dwhorl.docs.write=true} writes
 * it.
 */
class BuiltInRulesDocumentTest {
  private static final Path DOCUMENT = Path.of("../../docs/built-in-rules.md");

  private static final String INTRODUCTION =
      """
      # The built-in rules, one by one

      What each rule means, which harmless deeds may match it, and what to do then. The rules themselves are in
      `agent/rules/src/main/resources/whorl/rules`, each an ordinary Sigma file whose comments say what its filters let pass;
      [rules.md](rules.md) says how rules are written, [detection.md](detection.md) what the pack finds and where it is silent.

      ## When a rule is wrong about your service

      Judge an alert by its stack and its request first: it names the code that did the deed. If that code is yours and means
      well, silence it as narrowly as you can.

      1. **One deed of one service.** Copy the rule, give the copy an id of its own, and add a filter on what makes the deed yours:
         the frame of your code (`stack|contains|cased`), and beside it the path, command or host. A frame alone passes everything that code
         ever does. Then disable the built-in rule by its id (`rules.disabled` in the deployment; a set that is pushed cannot do that), and load
         the copy: with `rules.path`, or from the collector for that service alone (`whorl rules push --service S FILE`; `whorl rules check`
         says beforehand what would be refused).
      2. **A whole rule for one service.** `WHORL_RULES_DISABLED=ID` in that deployment.
      3. **Alerts without captures.** Disable the rule as in 1, and give the copy `level: low`: its alerts reach the collector, and it captures
         nothing.

      A correlation names its rules, so it ends with a rule that is disabled: each rule below says which ones those are, and the agent's log does.
      To keep it, copy it beside the copy of the rule, with an id of its own, and let it name that copy.

      `whorl rules test --recording F.jfr FILE` shows on a recording of your own whether the copy is silent and still finds what it should.
      Levels: `critical` and `high` are deeds of intruders that ordinary services do not do; `medium` is seldom harmless; `low`
      is context; `informational` is what correlations count.
      """;

  @Test
  void document_equalsTheRules() throws IOException {
    String document = document();
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.writeString(DOCUMENT, document);
    }

    assertThat(DOCUMENT).as("write it again with -Dwhorl.docs.write=true").hasContent(document);
  }

  private static String document() {
    Map<String, List<Map<?, ?>>> byCategory = new TreeMap<>();
    Map<String, List<String>> correlations = new TreeMap<>();
    RulePack.read(
        (name, documents) -> {
          for (Object document : documents) {
            if (document instanceof Map<?, ?> rule) {
              byCategory.computeIfAbsent(category(rule), any -> new ArrayList<>()).add(rule);
              for (String reference : references(rule)) {
                correlations
                    .computeIfAbsent(reference, any -> new ArrayList<>())
                    .add("*" + rule.get("title") + "*");
              }
            }
          }
        });
    StringBuilder text = new StringBuilder(INTRODUCTION);
    byCategory.forEach(
        (category, rules) -> {
          text.append("\n## ").append(category).append('\n');
          rules.forEach(rule -> append(text, rule, correlations));
        });
    return text.toString();
  }

  private static String category(Map<?, ?> rule) {
    return rule.get("logsource") instanceof Map<?, ?> source
        ? "Events of `" + source.get("category") + "`"
        : "Correlations";
  }

  /** Ids and names of the rules that a correlation rests on; empty for other rules. */
  private static List<String> references(Map<?, ?> rule) {
    return rule.get("correlation") instanceof Map<?, ?> correlation
            && correlation.get("rules") instanceof List<?> rules
        ? rules.stream().map(String::valueOf).toList()
        : List.of();
  }

  /**
   * @param correlations the titles of the correlations that rest on a rule, by its id or name
   */
  private static void append(
      StringBuilder text, Map<?, ?> rule, Map<String, List<String>> correlations) {
    text.append("\n### ").append(rule.get("title")).append("\n\n");
    text.append("`").append(rule.get("level")).append("` · `").append(rule.get("id")).append("`");
    String techniques = techniques(rule);
    text.append(techniques.isEmpty() ? "" : " · " + techniques).append("\n\n");
    text.append(String.valueOf(rule.get("description")).strip()).append('\n');
    if (rule.get("falsepositives") instanceof List<?> harmless && !harmless.isEmpty()) {
      text.append("\nMay be harmless:\n\n");
      harmless.forEach(one -> text.append("- ").append(one).append('\n'));
    }
    List<String> ending = new ArrayList<>();
    ending.addAll(correlations.getOrDefault(String.valueOf(rule.get("id")), List.of()));
    ending.addAll(correlations.getOrDefault(String.valueOf(rule.get("name")), List.of()));
    if (!ending.isEmpty()) {
      text.append("\nEnds with it: ").append(String.join(", ", ending)).append(".\n");
    }
  }

  private static String techniques(Map<?, ?> rule) {
    List<String> techniques = new ArrayList<>();
    if (rule.get("tags") instanceof List<?> tags) {
      for (Object tag : tags) {
        if (String.valueOf(tag).matches("attack\\.t\\d{4}(\\.\\d{3})?")) {
          techniques.add(
              String.valueOf(tag).substring("attack.".length()).toUpperCase(Locale.ROOT));
        }
      }
    }
    return String.join(", ", techniques);
  }
}
