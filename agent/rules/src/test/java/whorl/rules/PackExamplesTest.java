package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.rules.correlate.Correlation;
import whorl.rules.correlate.CorrelationFiring;
import whorl.rules.engine.Correlator;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;

/**
 * The examples beside the rules: for each file of the pack there is one of the same name, with
 * events that raise an alert and near misses that do not. {@link BuiltInRulesTest} has examples for
 * the rules of its table.
 */
class PackExamplesTest {
  private static final Path EXAMPLES = Path.of("src/test/resources/whorl/rules/examples");
  private static final Path RULES = Path.of("src/main/resources/whorl/rules");
  private static final RuleSet PACK = RuleSet.load(List.of(), Set.of(), true);

  private static Object yaml(Path file) {
    try {
      return new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
          .loadFromString(Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  private static String id(String file) {
    return (String) ((Map<?, ?>) yaml(RULES.resolve(file))).get("id");
  }

  private static List<List<AgentEvent>> examples(String file, String kind) {
    List<List<AgentEvent>> examples = new ArrayList<>();
    Object list = ((Map<?, ?>) yaml(EXAMPLES.resolve(file))).get(kind);
    for (Object example : (List<?>) list) {
      List<AgentEvent> events = new ArrayList<>();
      for (Object event : (List<?>) ((Map<?, ?>) example).get("events")) {
        events.add(event((Map<?, ?>) event, events.size()));
      }
      examples.add(events);
    }
    return examples;
  }

  private static AgentEvent event(Map<?, ?> fields, long sequence) {
    EventType type =
        Stream.of(EventType.values())
            .filter(one -> one.jfrName().endsWith("." + fields.get("event")))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no event " + fields.get("event")));
    List<StackTraceElement> stack = new ArrayList<>();
    if (fields.get("stack") instanceof List<?> frames) {
      for (Object frame : frames) {
        String text = (String) frame;
        int dot = text.lastIndexOf('.');
        stack.add(
            new StackTraceElement(text.substring(0, dot), text.substring(dot + 1), "A.java", 7));
      }
    }
    List<Object> values = new ArrayList<>();
    Set<Object> names = new TreeSet<>(fields.keySet().stream().map(String::valueOf).toList());
    names.removeAll(
        Set.of("event", "stack", "at", "request", "requestQuery", "startedBy", "thread"));
    for (Object name : names) {
      values.add(name);
      values.add(fields.get(name));
    }
    long millis = fields.get("at") instanceof Number at ? at.longValue() : 0;
    RequestContext request = fields.get("request") instanceof String id ? Events.request(id) : null;
    if (fields.get("requestQuery") instanceof String query) {
      request = Events.requestWithQuery(query);
    }
    if (fields.get("startedBy") instanceof String id) {
      request = new RequestContext(id, "", "", "");
    }
    String thread = fields.get("thread") instanceof String name ? name : "http-1";
    return Events.create(sequence, millis, type, thread, stack, request, values.toArray());
  }

  /** True if the rule or correlation fires for these events in this order. */
  private static boolean fires(String id, List<AgentEvent> events) {
    Correlator correlator = new Correlator(PACK);
    boolean fires = false;
    for (AgentEvent event : events) {
      for (Rule rule : PACK.matching(event)) {
        fires |= rule.id().equals(id);
        for (CorrelationFiring firing : correlator.matched(rule.head(), event)) {
          fires |= firing.correlation().head().id().equals(id);
        }
      }
    }
    return fires;
  }

  private static Stream<RuleHead> heads() {
    return Stream.concat(
        PACK.rules().stream().map(Rule::head), PACK.correlations().stream().map(Correlation::head));
  }

  @Test
  void pack_loadsCompletely_andIsLarge() {
    assertThat(PACK.problems()).isEmpty();
    assertThat(heads().count()).isGreaterThanOrEqualTo(60);
    assertThat(PACK.correlations()).hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void everyRule_hasExamples() throws IOException {
    Set<String> covered = files().map(PackExamplesTest::id).collect(Collectors.toSet());
    covered.addAll(
        PACK.rules().stream()
            .filter(rule -> BuiltInRulesTest.titles().contains(rule.title()))
            .map(Rule::id)
            .toList());

    assertThat(covered).containsExactlyInAnyOrderElementsOf(heads().map(RuleHead::id).toList());
  }

  @ParameterizedTest
  @MethodSource("files")
  void examples_fireTheRule(String file) {
    List<List<AgentEvent>> examples = examples(file, "fires");
    List<Object> silent = new ArrayList<>();
    for (List<AgentEvent> example : examples) {
      if (!fires(id(file), example)) {
        silent.add(example.get(0).toLine());
      }
    }

    assertThat(examples).isNotEmpty();
    assertThat(silent).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void nearMisses_doNotFireTheRule(String file) {
    List<List<AgentEvent>> examples = examples(file, "quiet");
    List<Object> fired = new ArrayList<>();
    for (List<AgentEvent> example : examples) {
      if (fires(id(file), example)) {
        fired.add(example.get(0).toLine());
      }
    }

    assertThat(examples).isNotEmpty();
    assertThat(fired).isEmpty();
  }

  /** Rules that only serve correlations raise no alert; low levels start no capture. */
  @Test
  void rulesThatAreNoise_alertThroughCorrelationsAlone() {
    List<String> silent =
        heads().filter(head -> !PACK.alerts(head)).map(RuleHead::title).sorted().toList();

    assertThat(silent)
        .containsExactly(
            "Connection Made while a Request Was Served",
            "Connection to the Internet while a Request Was Served",
            "Connection within the Network",
            "File Looked for and Not Found by a Request",
            "File Not Found while a Request Was Served",
            "Long Name Looked up",
            "Name of an Address Looked up by a Request",
            "Request that Found Nothing",
            "Secret Read while a Request Was Served");
  }
}
