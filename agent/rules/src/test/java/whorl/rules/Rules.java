package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Rules for tests, made from a detection only. */
public final class Rules {
  private Rules() {}

  /** A rule of this category with the indented text as its {@code detection}. */
  public static Rule rule(String category, String detection) {
    RuleSet set = RuleSet.parse(yaml("a rule", category, detection), "test.yml");
    assertThat(set.problems()).isEmpty();
    return set.rules().get(0);
  }

  public static Rule fileRule(String detection) {
    return rule("file_event", detection);
  }

  /** A rule of a single selection with {@code line} as its only condition. */
  public static Rule line(String line) {
    return fileRule("selection:\n  " + line.replace("\n", "\n  ") + "\ncondition: selection");
  }

  /** Returns why the rule is refused. */
  public static String problem(String category, String detection) {
    RuleSet set = RuleSet.parse(yaml("a rule", category, detection), "test.yml");
    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1);
    return set.problems().get(0);
  }

  public static String lineProblem(String line) {
    return problem(
        "file_event", "selection:\n  " + line.replace("\n", "\n  ") + "\ncondition: selection");
  }

  public static String yaml(String title, String category, String detection) {
    return "title: "
        + title
        + "\nlogsource:\n  product: jvm\n  category: "
        + category
        + "\ndetection:\n"
        + detection.indent(2);
  }

  /** A rule named {@code name} without a level of its own, for correlations. */
  public static String base(String name, String category, String condition) {
    return "title: The "
        + name
        + "\nname: "
        + name
        + "\nlogsource: {product: jvm, category: "
        + category
        + "}\ndetection: {s: {"
        + condition
        + "}, condition: s}\n---\n";
  }

  /** A correlation with the indented text as its definition. */
  public static String correlation(String text) {
    return "title: together\nlevel: high\ncorrelation:\n" + text.indent(2);
  }
}
