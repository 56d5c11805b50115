package whorl.rules.logsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.engine.ArmedRules;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Rules of other products, and the events that they are tried on. */
abstract class RulesOfOthersFixture {
  static final String JVM = "{product: jvm, category: application}";
  static final String PROCESS = "{product: linux, category: process_creation}";

  static String yaml(String logsource, String detection) {
    return "title: other\nlogsource: " + logsource + "\ndetection:\n" + detection.indent(2);
  }

  static RuleSet set(String logsource, String detection) {
    RuleSet set = RuleSet.parse(yaml(logsource, detection), "other.yml");
    assertThat(set.problems()).isEmpty();
    assertThat(set.rules()).hasSize(1);
    return set;
  }

  /** A rule of one selection with this line. */
  static RuleSet line(String logsource, String line) {
    return set(logsource, "s:\n  " + line + "\ncondition: s");
  }

  static String problem(String logsource, String detection) {
    RuleSet set = RuleSet.parse(yaml(logsource, detection), "other.yml");
    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1);
    return set.problems().get(0);
  }

  /** True if the rule matches; the agent, which selects rules by their texts, must agree. */
  static boolean matches(RuleSet set, AgentEvent event) {
    boolean matches = !set.matching(event).isEmpty();
    Set<Rule> atTheAgent = new HashSet<>();
    new ArmedRules(set, 4).evaluate(event, (rule, matched) -> atTheAgent.add(rule.rule()));
    assertThat(!atTheAgent.isEmpty()).as("at the agent").isEqualTo(matches);
    return matches;
  }

  static AgentEvent started(String command) {
    return Events.event(EventType.PROCESS_START, "command", command, "pid", 4711L);
  }
}
