package whorl.collector.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import whorl.collector.analysis.kinds.Command;
import whorl.collector.analysis.kinds.Destination;
import whorl.collector.analysis.kinds.SensitivePath;
import whorl.collector.analysis.kinds.WrittenPath;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowContext;
import whorl.collector.analysis.rows.RowEvents;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;
import whorl.collector.detect.StoredEvents;
import whorl.event.EventType;
import whorl.rules.match.Rule;

/**
 * Rows give the same rules as the events that they were made of. The events are the examples of the
 * built-in rules: those that a rule must match, and near misses.
 */
class RulesOnRowsTest {
  private static final Path EXAMPLES =
      Path.of("../agent/rules/src/test/resources/whorl/rules/examples");
  private static final Path RULES = Path.of("../agent/rules/src/main/resources/whorl/rules");
  private static final Set<String> NO_FIELDS =
      Set.of("event", "stack", "at", "request", "requestQuery", "startedBy", "thread");

  private static final Set<String> IDS =
      BuiltInRules.set().rules().stream().map(Rule::id).collect(Collectors.toSet());

  /** The row of an example, as an index makes it. */
  private record Example(RowContext rowContext, String described) {
    Detection detect() {
      return RowEvents.detect(rowContext);
    }

    @Override
    public String toString() {
      return described;
    }
  }

  private static Object yaml(Path file) {
    try {
      return new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
          .loadFromString(Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String id(String file) {
    return (String) ((Map<?, ?>) yaml(RULES.resolve(file))).get("id");
  }

  /** Files with examples of rules; correlations are about several events. */
  static Stream<Arguments> files() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> IDS.contains(id(file)))
          .sorted()
          .map(file -> Arguments.of(file, id(file)))
          .toList()
          .stream();
    }
  }

  /** Examples of one event. */
  private static List<Example> examples(String file, String kind) {
    List<Example> examples = new ArrayList<>();
    for (Object example : (List<?>) ((Map<?, ?>) yaml(EXAMPLES.resolve(file))).get(kind)) {
      List<?> events = (List<?>) ((Map<?, ?>) example).get("events");
      Map<?, ?> event = (Map<?, ?>) events.get(0);
      if (events.size() == 1) {
        examples.add(example(event));
      }
    }
    return examples;
  }

  private static Example example(Map<?, ?> event) {
    Map<String, Object> fields = new TreeMap<>();
    event.forEach(
        (name, value) -> {
          if (!NO_FIELDS.contains(name)) {
            fields.put((String) name, value);
          }
        });
    List<Object> pairs = new ArrayList<>();
    fields.forEach((name, value) -> pairs.addAll(List.of(name, value)));
    Rows rows = new Rows();
    if (event.get("thread") instanceof String thread) {
      rows.thread(thread);
    }
    String action = type((String) event.get("event")).jfrName();
    Request request = null;
    RowView row;
    String query = event.get("requestQuery") instanceof String text ? text : "";
    if ((query.isEmpty() ? event.get("request") : "r1") instanceof String id) {
      request =
          Request.answered(
              id, new RowView(rows.request(id, "GET", "/invoices", query, "10.0.0.9", 200)));
      row = new RowView(rows.of(id, action, pairs.toArray()));
    } else if (event.get("startedBy") instanceof String id) {
      row = new RowView(rows.of(id, action, pairs.toArray()));
    } else {
      row = new RowView(rows.event(action, pairs.toArray()));
    }
    return new Example(
        new RowContext(row, frames(event.get("stack")), request, Set.of()), event.toString());
  }

  private static EventType type(String name) {
    return Stream.of(EventType.values())
        .filter(type -> type.jfrName().endsWith("." + name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no event " + name));
  }

  private static Frames frames(@Nullable Object stack) {
    return stack instanceof List<?> list
        ? Frames.parse(String.join("\n", list.stream().map(frame -> frame + "(A.java:7)").toList()))
        : Frames.NONE;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void rowOfAnExample_givesTheRule(String file, String id) {
    for (Example example : examples(file, "fires")) {
      assertThat(example.detect().rules()).as("%s", example).anyMatch(rule -> rule.id().equals(id));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void rowOfANearMiss_doesNot(String file, String id) {
    for (Example example : examples(file, "quiet")) {
      assertThat(example.detect().rules())
          .as("%s", example)
          .noneMatch(rule -> rule.id().equals(id));
    }
  }

  @Test
  void frameWithANameLikeTheAgents_isNotHiddenFromRules() {
    Map<String, Object> event =
        Map.of(
            "event", "FileOpen", "path", "/x", "access", "read", "stack", List.of("whorl.X.run"));

    assertThat(RowEvents.event(example(event).rowContext()).stack())
        .extracting(StackTraceElement::getClassName)
        .containsExactly("whorl.X");
  }

  @Test
  void rulesOfAnalyses_areThoseOfTheirFiles() {
    for (PackRule rule : PackRule.values()) {
      String file = rule.name().toLowerCase(java.util.Locale.ROOT) + ".yml";
      assertThat(rule.id()).as(file).isEqualTo(id(file));
      assertThat(IDS).contains(rule.id());
    }
  }

  /** What a rule matches has a kind in findings, whatever the stack of the row is. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void subjectOfAnExample_isOfTheRulesKind(String file, String id) {
    PackRule rule =
        Stream.of(PackRule.values()).filter(each -> each.id().equals(id)).findFirst().orElse(null);
    if (rule == null) {
      return; // no analysis asks for it
    }
    for (Example example : examples(file, "fires")) {
      RowView row = example.rowContext().row();
      boolean known =
          switch (row.action()) {
            case "whorl.FileOpen" ->
                SensitivePath.of(row) != null
                    || WrittenPath.of(row.file()) != WrittenPath.OTHER
                    || rule == PackRule.FILE_HOST_ROOT; // what is read there has a kind of its own
            case "whorl.FileRename" -> WrittenPath.of(row.fileTarget()) != WrittenPath.OTHER;
            case "whorl.ProcessStart" ->
                Command.of(String.valueOf(row.value("command"))) != Command.OTHER;
            case "whorl.SocketConnect", "whorl.DnsLookup" ->
                Destination.of(text(row, "host"), address(row), port(row)).isSuspicious();
            default -> true; // asked for the row itself
          };
      assertThat(known).as("%s", example).isTrue();
    }
  }

  private static String text(RowView row, String field) {
    String text = row.field(field);
    return text == null ? "" : text;
  }

  private static String address(RowView row) {
    List<String> addresses = row.fieldList("addresses");
    return addresses.isEmpty() ? text(row, "address") : addresses.get(0);
  }

  private static long port(RowView row) {
    return row.value("port") instanceof Number port ? port.longValue() : 0;
  }

  /** A recording joins addresses, an index keeps the list; the rules see the same event. */
  @Test
  void recordedAndIndexedEvent_areTheSame() {
    RowView row =
        new RowView(
            new Rows()
                .event("whorl.DnsLookup", "host", "a.example", "addresses", List.of("::1", "::2")));
    Map<String, Object> recorded = Map.of("host", "a.example", "addresses", "::1, ::2");

    assertThat(RowEvents.event(RowContext.of(row)).toLine())
        .isEqualTo(
            StoredEvents.event(
                    EventType.DNS_LOOKUP,
                    row.number(),
                    row.time(),
                    "main",
                    null,
                    null,
                    recorded::get)
                .toLine());
  }
}
