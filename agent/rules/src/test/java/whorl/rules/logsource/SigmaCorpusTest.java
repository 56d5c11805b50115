package whorl.rules.logsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import whorl.rules.correlate.CorrelationSpec;
import whorl.rules.match.Rule;
import whorl.rules.parse.RuleFiles;
import whorl.rules.parse.RuleReader;

/**
 * Reads the rules of SigmaHQ from a checkout and prints how many apply; {@code
 * -Dsigma.corpus=FOLDER}.
 */
@EnabledIfSystemProperty(named = "sigma.corpus", matches = ".+")
class SigmaCorpusTest {
  private final Map<String, int[]> counts = new TreeMap<>();
  private final Map<String, Integer> reasons = new TreeMap<>();

  private void count(Object document, int outcome) {
    Object logsource = document instanceof Map<?, ?> map ? map.get("logsource") : null;
    String name = "none";
    if (logsource instanceof Map<?, ?> map) {
      name = map.get("product") + "/" + map.get("category") + "/" + map.get("service");
    }
    counts.computeIfAbsent(name, none -> new int[3])[outcome]++;
  }

  @Test
  void corpus_everyRuleAppliesOrSaysWhyNot() {
    Path folder = Path.of(System.getProperty("sigma.corpus"));
    int[] applied = {0, 0, 0};
    int[] unreadable = {0};
    RuleReader.RuleTarget target =
        new RuleReader.RuleTarget() {
          @Override
          public void add(Rule rule) {
            applied[rule.unknownFields().isEmpty() ? 0 : 1]++;
            if (!rule.unknownFields().isEmpty()) {
              System.out.println("in part: " + rule + ": " + rule.unknownFields());
            }
          }

          @Override
          public void add(CorrelationSpec correlation) {
            applied[0]++;
          }
        };
    RuleReader reader =
        new RuleReader(
            target,
            problem -> unreadable[0]++,
            (name, document, why) -> {
              applied[2]++;
              count(document, 2);
              reasons.merge(why.getMessage(), 1, Integer::sum);
            });
    RuleFiles files = RuleFiles.unlimited(reader, problem -> unreadable[0]++);
    files.read(folder);

    reasons.forEach((reason, number) -> System.out.println(number + " " + reason));
    counts.forEach((name, number) -> System.out.println(number[2] + " refused of " + name));
    System.out.printf(
        "%d files: %d apply, %d apply in part, %d refused, %d unreadable%n",
        files.files(), applied[0], applied[1], applied[2], unreadable[0]);
    assertThat(files.files()).isPositive();
    assertThat(unreadable[0]).isZero();
    assertThat(applied[0]).isPositive();
  }
}
