package whorl.rules.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.match.Fields;
import whorl.rules.match.Rule;

/** The index skips no matching rule: the result equals evaluating each rule by itself. */
class TypeRulesTest {
  private static final int KNOWN_TEXT_BITS = 6;
  private static final String[] WORDS = {
    "/etc/", "shadow", "SHADOW", "/proc/", "self", "environ", ".key", "Kelvin\u212A", "ta\u017Fk",
    "\u0130stanbul", "etc", "x", "//", "-o ", "7", "stra\u00DFe", "\u00C9cole", "/var/run/secrets",
    "true", "false", "4711"
  };
  private static final String[] CATEGORIES = {"file_event", "network_connection", "dns_query"};
  private static final EventType[] TYPES = {
    EventType.FILE_OPEN,
    EventType.FILE_RENAME,
    EventType.FILE_MODE,
    EventType.SOCKET_CONNECT,
    EventType.SOCKET_BIND,
    EventType.DNS_LOOKUP
  };
  private static final String[][] FIELDS = {
    {"path", "access", "target", "mode", "created", "thread", "request.path", "event"},
    {"host", "address", "port", "transport", "thread", "request.path", "event"},
    {"host", "addresses", "thread", "request.path", "event"}
  };
  private static final String[] MODIFIERS = {
    "",
    "|contains",
    "|startswith",
    "|endswith",
    "|cased",
    "|contains|cased",
    "|contains|all",
    "|re",
    "|re|i",
    "|neq",
    "|contains|windash",
    "|exists"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void evaluate_anyRulesAndEvents_equalsEachRuleByItself(long seed) {
    Random random = new Random(seed);
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      yaml.append("---\n").append(rule(random, i));
    }
    RuleSet rules = RuleSet.parse(yaml.toString(), "any.yml");
    assertThat(rules.rules()).hasSizeGreaterThan(100);
    Map<EventType, TypeRules> indexed = new EnumMap<>(EventType.class);
    for (EventType type : TYPES) {
      List<ArmedRule> armed = new ArrayList<>();
      rules.of(type).forEach(rule -> armed.add(new ArmedRule(rule, false, false)));
      indexed.put(type, TypeRules.of(type, armed, KNOWN_TEXT_BITS));
    }
    List<String> fired = new ArrayList<>();
    int matches = 0;
    for (int i = 0; i < 5_000; i++) {
      AgentEvent event = event(random);
      fired.clear();
      indexed.get(event.type()).evaluate(event, (rule, there) -> fired.add(rule.rule().title()));
      List<String> expected = rules.matching(event).stream().map(Rule::title).toList();

      assertThat(fired).as(event.toLine().toString()).isEqualTo(expected);
      matches += expected.size();
    }
    assertThat(matches).isPositive();
  }

  @Test
  void evaluate_lettersWhoseOtherCaseIsAscii_areFound() {
    RuleSet rules =
        RuleSet.parse(
            Rules.yaml("kelvin", "file_event", "s:\n  path|contains: kelvin\ncondition: s"),
            "kelvin.yml");
    List<String> fired = new ArrayList<>();

    TypeRules.of(
            EventType.FILE_OPEN,
            List.of(new ArmedRule(rules.rules().get(0), false, false)),
            KNOWN_TEXT_BITS)
        .evaluate(Events.open("/\u212Aelvin"), (rule, event) -> fired.add(rule.rule().title()));

    assertThat(fired).containsExactly("kelvin");
  }

  @Test
  void candidates_keywordInNoValue_hasNoRule() {
    RuleSet rules =
        RuleSet.parse(
            Rules.yaml("keyword", "file_event", "s:\n  - beacon\ncondition: s"), "keyword.yml");
    TypeRules indexed =
        TypeRules.of(
            EventType.FILE_OPEN,
            List.of(new ArmedRule(rules.rules().get(0), false, false)),
            KNOWN_TEXT_BITS);

    assertThat(indexed.candidates(Events.open("/srv/menu.txt"))).containsOnly(0);
    assertThat(indexed.candidates(Events.open("/srv/Beacon.txt"))).containsOnly(1);
  }

  @Test
  void thread_ofAnyCategory_isOneField() {
    assertThat(Fields.ofCategory("file_event").find("thread"))
        .isEqualTo(Fields.ofCategory("network_connection").find("thread"));
  }

  @Test
  void of_rulesThatTheTypeExcludes_isNull() {
    Rule rule = Rules.line("event: FileDelete");

    assertThat(
            TypeRules.of(
                EventType.FILE_OPEN, List.of(new ArmedRule(rule, false, false)), KNOWN_TEXT_BITS))
        .isNull();
  }

  private static String rule(Random random, int number) {
    int category = random.nextInt(CATEGORIES.length);
    StringBuilder detection = new StringBuilder();
    for (String name : List.of("one", "two", "three")) {
      detection.append(name).append(":\n");
      if (random.nextInt(8) == 0) {
        detection.append("  - '").append(text(random)).append("'\n");
        continue;
      }
      int first = random.nextInt(FIELDS[category].length);
      for (int i = 0; i <= random.nextInt(2); i++) {
        String field = FIELDS[category][(first + i) % FIELDS[category].length];
        String modifier = MODIFIERS[random.nextInt(MODIFIERS.length)];
        detection.append("  ").append(field).append(modifier).append(": ");
        if (modifier.equals("|exists")) {
          detection.append(random.nextBoolean()).append('\n');
        } else {
          String escape = modifier.startsWith("|re") ? "[a-z]?" : "*";
          detection.append("['").append(text(random)).append("', '").append(text(random));
          detection.append(random.nextInt(4) == 0 ? escape : "").append("']\n");
        }
      }
    }
    String[] conditions = {
      "one",
      "one and not two",
      "one or two",
      "1 of them",
      "all of them",
      "one and (two or three)",
      "not one",
      "(one or two) and not three"
    };
    detection.append("condition: ").append(conditions[random.nextInt(conditions.length)]);
    return Rules.yaml("rule " + number, CATEGORIES[category], detection.toString());
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= random.nextInt(2); i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private static AgentEvent event(Random random) {
    EventType type = TYPES[random.nextInt(TYPES.length)];
    Object[] values = new Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> List.of(text(random), text(random));
            case 2 -> type.fields().get(i).equals("port") ? 4711 : random.nextBoolean();
            default -> text(random) + text(random);
          };
    }
    return AgentEvent.here(
        type, 1, Events.NOON, random.nextInt(3) == 0 ? null : Events.request(text(random)), values);
  }
}
