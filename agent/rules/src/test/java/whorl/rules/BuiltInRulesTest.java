package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.rules.Events.event;
import static whorl.rules.Events.open;
import static whorl.rules.Events.written;
import static whorl.rules.ExampleEvents.connected;
import static whorl.rules.ExampleEvents.defined;
import static whorl.rules.ExampleEvents.library;
import static whorl.rules.ExampleEvents.lookedUp;
import static whorl.rules.ExampleEvents.resolved;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;

/** Events that each rule of the pack must match, and near misses that it must not. */
class BuiltInRulesTest {
  private static final RuleSet PACK = RuleSet.load(List.of(), Set.of(), true);
  private static final Map<String, Cases> CASES = allCases();

  private static Map<String, Cases> allCases() {
    Map<String, Cases> cases = new TreeMap<>(CodeCases.ALL);
    cases.putAll(SystemCases.ALL);
    cases.putAll(NetworkCases.ALL);
    return cases;
  }

  /** The titles of the rules with examples here; {@link PackExamplesTest} has the others. */
  static Set<String> titles() {
    return CASES.keySet();
  }

  static Stream<Rule> rules() {
    return PACK.rules().stream();
  }

  static Stream<Rule> rulesOfTheTable() {
    return PACK.rules().stream().filter(rule -> CASES.containsKey(rule.title()));
  }

  @Test
  void table_namesOnlyExistingRules() {
    assertThat(rulesOfTheTable().map(Rule::title))
        .containsExactlyInAnyOrderElementsOf(CASES.keySet());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_hasEverythingAnAlertNeeds(Rule rule) {
    assertThat(rule.id())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(rule.tags()).anyMatch(tag -> tag.matches("attack[.]t[0-9.]+"));
    assertThat(rule.description()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheTable")
  void rule_matchesItsExamples(Rule rule) {
    List<Object> silent = new ArrayList<>();
    for (AgentEvent event : cases(rule).fire()) {
      if (!PACK.matching(event).contains(rule)) {
        silent.add(event.toLine());
      }
    }
    assertThat(cases(rule).fire()).isNotEmpty();
    assertThat(silent).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rulesOfTheTable")
  void rule_doesNotMatchNearMisses(Rule rule) {
    List<Object> fired = new ArrayList<>();
    for (AgentEvent event : cases(rule).nearMisses()) {
      if (PACK.matching(event).contains(rule)) {
        fired.add(event.toLine());
      }
    }
    assertThat(cases(rule).nearMisses()).isNotEmpty();
    assertThat(fired).isEmpty();
  }

  private static Cases cases(Rule rule) {
    Cases cases = CASES.get(rule.title());
    assertThat(cases).as("cases of " + rule.title()).isNotNull();
    return cases;
  }

  /** The start of a Spring Boot application raises no alert. */
  @Test
  void pack_ordinaryStart_isSilent() {
    List<AgentEvent> start =
        List.of(
            open("/app/shop.jar"),
            open("/usr/lib/jvm/temurin-21-jre-amd64/lib/modules"),
            open("/etc/ssl/certs/java/cacerts"),
            open("/etc/resolv.conf"),
            open("/proc/self/cgroup"),
            open("/proc/self/mountinfo"),
            open("/app/BOOT-INF/lib/spring-core-6.2.0.jar"),
            written("/tmp/hsperfdata_nonroot/1"),
            written("/tmp/tomcat.8080.123/work/Tomcat/localhost/ROOT/x.tmp"),
            written("/tmp/shop-1/db.mv.db"),
            event(EventType.SOCKET_BIND, "address", "0.0.0.0", "port", 8080),
            connected("postgres", "10.1.2.3"),
            resolved("postgres", "10.1.2.3"),
            lookedUp("java:comp/env/spring.datasource.jndi-name"),
            event(
                EventType.CLASS_LOAD,
                "className",
                "com.shop.Main",
                "loader",
                "app",
                "codeSource",
                "jar:nested:/app/shop.jar"),
            defined("jdk.proxy2.$Proxy12", "proxy", "com.shop.Main.main"),
            defined(
                "com.shop.Config$$SpringCGLIB$$0",
                "lookup",
                "org.springframework.cglib.core.AbstractClassGenerator.generate",
                "com.shop.Main.main"),
            library("/usr/lib/jvm/temurin-21-jre-amd64/lib/libnio.so"));

    for (AgentEvent event : start) {
      assertThat(PACK.matching(event))
          .as(String.valueOf(event.toLine()))
          .allMatch(rule -> !PACK.alerts(rule.head()));
    }
  }
}
