package whorl.rules.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/** The semantics of Sigma's correlation rules. */
public class CorrelationTest {
  private static final String BASES =
      Rules.base("read", "file_event", "path|startswith: /read/")
          + Rules.base("define", "class_load", "className|startswith: evil.")
          + Rules.base("connect", "network_connection", "port|exists: true");

  private final List<AgentEvent> fed = new ArrayList<>();
  private long sequence;

  private static RuleSet rules(String correlation) {
    RuleSet rules = RuleSet.parse(BASES + Rules.correlation(correlation), "test.yml");
    assertThat(rules.problems()).isEmpty();
    return rules;
  }

  private AgentEvent read(long millis, String request) {
    return event(millis, EventType.FILE_OPEN, request, "path", "/read/" + millis);
  }

  private AgentEvent define(long millis, String request) {
    return event(millis, EventType.CLASS_DEFINE, request, "className", "evil.A");
  }

  private AgentEvent connect(long millis, String request, String host) {
    return event(millis, EventType.SOCKET_CONNECT, request, "host", host, "port", 443);
  }

  private AgentEvent event(long millis, EventType type, String request, Object... values) {
    return Events.at(
        sequence++, millis, type, request == null ? null : Events.request(request), values);
  }

  /**
   * Feeds the events in this order; returns the time after noon, in ms, of the last event of each
   * alert.
   */
  private List<Long> fire(RuleSet rules, AgentEvent... events) {
    return firings(rules, events).stream()
        .map(firing -> (firing.last().epochNanos() - Events.NOON) / 1_000_000)
        .toList();
  }

  private List<CorrelationFiring> firings(RuleSet rules, AgentEvent... events) {
    Correlator correlator = new Correlator(rules);
    List<CorrelationFiring> firings = new ArrayList<>();
    for (AgentEvent event : events) {
      fed.add(event);
      for (Rule rule : rules.matching(event)) {
        firings.addAll(correlator.matched(rule.head(), event));
      }
    }
    firings.addAll(correlator.passed(Events.NOON + 3_600_000_000_000L));
    return firings;
  }

  @Test
  void eventCount_firesAtTheLastRequiredEvent() {
    RuleSet rules = rules("type: event_count\nrules: [read]\ntimespan: 10s\ncondition: {gte: 3}");

    assertThat(fire(rules, read(0, null), read(4_000, null))).isEmpty();
    assertThat(fire(rules, read(0, null), read(4_000, null), read(10_000, null)))
        .containsExactly(10_000L);
    assertThat(fire(rules, read(0, null), read(4_000, null), read(10_001, null))).isEmpty();
  }

  @Test
  void eventCount_eachEventCountsForOneAlert() {
    RuleSet rules = rules("type: event_count\nrules: [read]\ntimespan: 10s\ncondition: {gt: 1}");

    assertThat(fire(rules, read(0, null), read(1, null), read(2, null), read(3, null)))
        .containsExactly(1L, 3L);
  }

  @Test
  void eventCount_countsEachGroupSeparately() {
    RuleSet rules =
        rules(
            "type: event_count\nrules: [read]\ngroup-by: [request.id]\n"
                + "timespan: 10s\ncondition: {gte: 2}");

    assertThat(fire(rules, read(0, "a"), read(1, "b"), read(2, null), read(3, null))).isEmpty();
    List<CorrelationFiring> firings = firings(rules, read(0, "a"), read(1, "b"), read(2, "a"));
    assertThat(firings).hasSize(1);
    assertThat(firings.get(0).group()).isEqualTo("request.id=a");
    assertThat(firings.get(0).count()).isEqualTo(2);
    assertThat(firings.get(0).events())
        .hasSize(2)
        .allMatch(line -> line.contains("whorl.FileOpen (The read) path=/read/"));
  }

  @Test
  void eventCount_groupsByThread_andByFieldsOfTheEvent() {
    RuleSet byHost =
        rules(
            "type: event_count\nrules: [connect]\ngroup-by: [host, thread]\n"
                + "timespan: 10s\ncondition: {gte: 2}");

    assertThat(fire(byHost, connect(0, null, "a"), connect(1, null, "b"))).isEmpty();
    assertThat(fire(byHost, connect(0, null, "a"), connect(1, null, "a"))).containsExactly(1L);
  }

  @Test
  void eventCount_upperBound_isDecidedAtTheEndOfTheTimespan() {
    RuleSet rules = rules("type: event_count\nrules: [read]\ntimespan: 10s\ncondition: {lt: 3}");

    assertThat(fire(rules, read(0, null), read(1_000, null))).containsExactly(1_000L);
    assertThat(fire(rules, read(0, null), read(1_000, null), read(2_000, null))).isEmpty();
    assertThat(fire(rules, read(0, null), read(11_001, null))).containsExactly(0L, 11_001L);
  }

  @Test
  void eventCount_eqAndNeq_areDecidedAtTheEnd() {
    RuleSet two = rules("type: event_count\nrules: [read]\ntimespan: 10s\ncondition: {eq: 2}");
    RuleSet not = rules("type: event_count\nrules: [read]\ntimespan: 10s\ncondition: {neq: 2}");
    AgentEvent[] three = {read(0, null), read(1, null), read(2, null)};

    assertThat(fire(two, three)).isEmpty();
    assertThat(fire(two, read(0, null), read(1, null))).containsExactly(1L);
    assertThat(fire(not, three)).containsExactly(2L);
    assertThat(fire(not, read(0, null), read(1, null))).isEmpty();
  }

  @Test
  void valueCount_countsDistinctValues() {
    RuleSet rules =
        rules(
            "type: value_count\nrules: [connect]\ntimespan: 10s\ncondition: {gte: 3, field: host}");

    assertThat(
            fire(
                rules,
                connect(0, null, "a"),
                connect(1, null, "b"),
                connect(2, null, "a"),
                connect(3, null, "b")))
        .isEmpty();
    assertThat(
            fire(
                rules,
                connect(0, null, "a"),
                connect(1, null, "b"),
                connect(9_000, null, "a"),
                connect(10_001, null, "c")))
        .as("a was seen again, b within the time")
        .containsExactly(10_001L);
    assertThat(
            fire(rules, connect(0, null, "a"), connect(1, null, "b"), connect(10_001, null, "c")))
        .isEmpty();
  }

  @Test
  void valueCount_aFloodOfOneValue_doesNotEvictTheOthers() {
    RuleSet rules =
        rules(
            "type: value_count\nrules: [connect]\ntimespan: 1m\ncondition: {gte: 3, field: host}");
    List<AgentEvent> events = new ArrayList<>();
    events.add(connect(0, null, "a"));
    for (int i = 0; i < 10_000; i++) {
      events.add(connect(1 + i, null, "b"));
    }
    events.add(connect(20_000, null, "c"));

    assertThat(fire(rules, events.toArray(AgentEvent[]::new))).containsExactly(20_000L);
  }

  @Test
  void temporal_requiresAllInAnyOrder() {
    RuleSet rules =
        rules(
            "type: temporal\nrules: [read, define, connect]\n"
                + "group-by: [request.id]\ntimespan: 10s");

    assertThat(fire(rules, connect(0, "a", "h"), define(1, "a"), read(2, "a"))).containsExactly(2L);
    assertThat(fire(rules, connect(0, "a", "h"), define(1, "b"), read(2, "a"))).isEmpty();
    assertThat(fire(rules, connect(0, "a", "h"), define(1, "a"), read(10_001, "a"))).isEmpty();
    assertThat(fire(rules, connect(0, "a", "h"), define(1, "a"))).isEmpty();
  }

  @Test
  void temporalOrdered_requiresTheOrder() {
    RuleSet rules = rules("type: temporal_ordered\nrules: [read, define, connect]\ntimespan: 10s");

    assertThat(fire(rules, read(0, null), define(1, null), connect(2, null, "h")))
        .containsExactly(2L);
    assertThat(fire(rules, define(0, null), read(1, null), connect(2, null, "h"))).isEmpty();
    assertThat(
            fire(
                rules,
                read(0, null),
                define(1, null),
                read(9_000, null),
                define(9_001, null),
                connect(15_000, null, "h")))
        .as("the later chain is within the time, the earlier is not")
        .containsExactly(15_000L);
    assertThat(
            fire(
                rules,
                read(0, null),
                define(1, null),
                read(9_000, null),
                connect(15_000, null, "h")))
        .isEmpty();
  }

  @Test
  void temporalOrdered_usesEventTimes_notArrival() {
    RuleSet rules = rules("type: temporal_ordered\nrules: [read, define]\ntimespan: 10s");

    assertThat(fire(rules, define(1_000, null), read(500, null)))
        .as("the definition came first, but happened after")
        .containsExactly(1_000L);
    assertThat(fire(rules, read(1_000, null), define(500, null))).isEmpty();
  }

  @Test
  void aliases_nameAFieldByRule() {
    RuleSet rules =
        rules(
            "type: temporal\nrules: [read, connect]\ngroup-by: [what]\ntimespan: 10s\n"
                + "aliases:\n  what: {read: path, connect: host}");

    assertThat(fire(rules, read(7, null), connect(8, null, "/read/7"))).containsExactly(8L);
    assertThat(fire(rules, read(7, null), connect(8, null, "/read/8"))).isEmpty();
  }

  @Test
  void correlation_mayReferToACorrelation() {
    RuleSet rules =
        RuleSet.parse(
            BASES
                + "title: twice\nname: twice\ncorrelation:\n  type: event_count\n  rules: [read]\n"
                + "  timespan: 5s\n  condition: {gte: 2}\n---\n"
                + Rules.correlation(
                    "type: temporal_ordered\nrules: [twice, define]\ntimespan: 10s"),
            "test.yml");
    assertThat(rules.problems()).isEmpty();

    List<CorrelationFiring> firings = firings(rules, read(0, null), read(1, null), define(2, null));

    assertThat(firings)
        .extracting(firing -> firing.correlation().head().title())
        .containsExactly("twice", "together");
    assertThat(rules.alerts(firings.get(0).correlation().head())).isFalse();
    assertThat(rules.alerts(firings.get(1).correlation().head())).isTrue();
  }

  @Test
  void references_byIdOrName_beforeOrAfter_acrossFiles() {
    String first =
        "title: first\nid: 00000000-0000-4000-8000-000000000001\ncorrelation:\n  type: temporal\n"
            + "  rules: [00000000-0000-4000-8000-000000000002, read]\n  timespan: 1s";
    String second =
        Rules.yaml("second", "file_event", "s:\n  path: /x\ncondition: s")
            + "id: 00000000-0000-4000-8000-000000000002\n";

    RuleSet rules =
        RuleSet.load(
            List.of(),
            Set.of(),
            false,
            List.of(
                new RuleSet.NamedText("a", first),
                new RuleSet.NamedText("b", second + "---\n" + BASES)));

    assertThat(rules.problems()).isEmpty();
    assertThat(rules.correlations().get(0).rules())
        .extracting(RuleHead::title)
        .containsExactly("second", "The read");
  }

  @Test
  void generate_decidesWhetherTheBaseRulesAlertToo() {
    String text = "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 2}";
    RuleSet silent = rules(text);
    RuleSet loud = rules(text + "\ngenerate: true");

    assertThat(silent.alerts(silent.rules().get(0).head())).isFalse();
    assertThat(silent.alerts(silent.rules().get(1).head())).isTrue();
    assertThat(loud.alerts(loud.rules().get(0).head())).isTrue();
  }

  @Test
  void generate_ofAnotherSource_silencesNoRule() {
    RuleSet rules =
        RuleSet.load(
            List.of(),
            Set.of(),
            false,
            List.of(
                new RuleSet.NamedText("mine", BASES),
                new RuleSet.NamedText(
                    "pushed",
                    Rules.correlation(
                        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 2}"))));

    assertThat(rules.problems()).isEmpty();
    assertThat(rules.alerts(rules.rules().get(0).head())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type: value_sum\nrules: [read]\ntimespan: 1s => not one of event_count, value_count",
        "type: event_count\nrules: [nobody]\ntimespan: 1s\ncondition: {gte: 1}"
            + " => there is no rule with the id or the name 'nobody'",
        "type: event_count\nrules: [read]\ncondition: {gte: 1} => correlation.timespan",
        "type: event_count\nrules: [read]\ntimespan: 10\ncondition: {gte: 1} => with s, m, h or d",
        "type: event_count\nrules: [read]\ntimespan: 2d\ncondition: {gte: 1} => from 1s to 1d",
        "type: event_count\nrules: [read]\ntimespan: 1s => correlation.condition is missing",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {} => has no number",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 1, x: 2}"
            + " => 'x' is none of gte",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: -1} => whole number",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 2001} => from 0 to 2000",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 1.5} => whole number",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gt: 4, lt: 4} => never hold",
        "type: event_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 1, field: path}"
            + " => condition.field is for value_count",
        "type: value_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 1} => whose values",
        "type: value_count\nrules: [read]\ntimespan: 1s\ncondition: {gte: 1, field: colour}"
            + " => rule 'The read' has no field 'colour'",
        "type: event_count\nrules: [read]\ngroup-by: [stack]\ntimespan: 1s\ncondition: {gte: 1}"
            + " => has no field 'stack' to group",
        "type: event_count\nrules: [read]\ngroup-by: [path, path]\ntimespan: 1s\n"
            + "condition: {gte: 1} => there twice",
        "type: temporal\nrules: [read]\ntimespan: 1s => two rules or more",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\ncondition: {gte: 1}"
            + " => condition is for event_count",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\naliases: {a: {x: y}}"
            + " => 'x' is not among correlation.rules",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\naliases: {a: {read: path}}"
            + " => is used neither in group-by",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\ngroup-by: [a]\n"
            + "aliases: {a: {read: path}} => says nothing of 'define'",
        "type: temporal\nrules: [read, together]\ntimespan: 1s => there is no rule with the id",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\nwindow: 3 => window is not supported",
        "type: temporal\nrules: [read, define]\ntimespan: 1s\ngenerate: maybe => not true or false",
      })
  void parse_refusesByName(String textAndProblem) {
    String[] parts = textAndProblem.split(" => ", 2);
    RuleSet rules = RuleSet.parse(BASES + Rules.correlation(parts[0]), "x.yml");

    assertThat(rules.correlations()).isEmpty();
    assertThat(rules.rules()).hasSize(3);
    assertThat(rules.problems()).hasSize(1);
    assertThat(rules.problems().get(0)).contains("rule 'together': ").contains(parts[1]);
  }

  @Test
  void parse_circle_isRefused() {
    RuleSet rules =
        RuleSet.parse(
            BASES
                + "title: a\nname: a\ncorrelation: {type: temporal, rules: [b, read], timespan: 1s}"
                + "\n---\n"
                + "title: b\nname: b\ncorrelation: {type: temporal, rules: [a, read], timespan: 1s}"
                + "\n",
            "x.yml");

    assertThat(rules.correlations()).isEmpty();
    assertThat(rules.problems()).hasSize(2).allMatch(line -> line.contains("lead back to itself"));
  }

  @Test
  void groups_beyondTheLimit_leastRecentlyUsedAreDroppedAndCounted() {
    RuleSet rules =
        rules(
            "type: event_count\nrules: [read]\ngroup-by: [request.id]\n"
                + "timespan: 1h\ncondition: {gte: 2}");
    Correlator correlator = new Correlator(rules);
    RuleHead read = rules.rules().get(0).head();
    correlator.matched(read, read(0, "first"));
    for (int i = 0; i < 3_000; i++) {
      correlator.matched(read, read(i + 1, "r" + i));
    }

    assertThat(correlator.forgotten()).isEqualTo(3_001 - 2_048);
    assertThat(correlator.matched(read, read(4_000, "first"))).as("was forgotten").isEmpty();
    assertThat(correlator.matched(read, read(4_001, "r2999"))).hasSize(1);
  }
}
