package whorl.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Future;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.unit.ContentType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;
import whorl.agent.event.JfrEvents;
import whorl.agent.event.RequestContext;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/**
 * One event of each of the agent's types, once recorded by JFR and once derived from the ring:
 * Mission Control's libraries see the same in both, and all their rules run over them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MissionControlTest {
  private static final RequestContext REQUEST =
      new RequestContext("0a1b-7", "GET", "/find", "203.0.113.9");

  private Path folder;
  private IItemCollection recorded;
  private IItemCollection derived;

  @BeforeAll
  void recordAndDerive(@TempDir Path folder) throws Exception {
    this.folder = folder;
    List<AgentEvent> events =
        Arrays.stream(EventType.values())
            .filter(type -> type.jfrName().startsWith("whorl."))
            .map(MissionControlTest::event)
            .toList();
    recorded = JfrLoaderToolkit.loadEvents(record(events).toFile());
    derived = JfrLoaderToolkit.loadEvents(derive(events).toFile());
  }

  @Test
  void recordedAndDerived_haveTheSameTypes_labelsCategoriesAndUnits() {
    Map<String, Map<String, String>> types = described(recorded);

    assertThat(types).hasSizeGreaterThan(20);
    assertThat(described(derived)).isEqualTo(types);
  }

  @Test
  void fields_haveTheContentTypesThatTheyAre() {
    for (IItemCollection events : List.of(recorded, derived)) {
      assertThat(contentType(events, "whorl.HttpRequest", "elapsed"))
          .isEqualTo(UnitLookup.TIMESPAN);
      assertThat(contentType(events, "whorl.HttpRequest", "requestBytes"))
          .isEqualTo(UnitLookup.MEMORY);
      assertThat(contentType(events, "whorl.ClassDefine", "size")).isEqualTo(UnitLookup.MEMORY);
      assertThat(contentType(events, "whorl.ClassDefine", "hidden")).isEqualTo(UnitLookup.FLAG);
      assertThat(contentType(events, "whorl.SocketConnect", "port")).isEqualTo(UnitLookup.NUMBER);
      assertThat(contentType(events, "whorl.FileOpen", "path")).isEqualTo(UnitLookup.PLAIN_TEXT);
      assertThat(quantity(events, "whorl.HttpRequest", "elapsed").in(UnitLookup.NANOSECOND))
          .isEqualTo(UnitLookup.NANOSECOND.quantity(10));
      assertThat(quantity(events, "whorl.ClassDefine", "size").in(UnitLookup.BYTE))
          .isEqualTo(UnitLookup.BYTE.quantity(3));
    }
  }

  /** Mission Control offers, for a selection, the events that share an attribute's value. */
  @Test
  void requestId_isOneAttributeAcrossAllTypes() {
    for (IItemCollection events : List.of(recorded, derived)) {
      List<IAttribute<?>> ids = new ArrayList<>();
      types(events).values().forEach(type -> ids.add(attribute(type, "requestId")));

      assertThat(ids).hasSizeGreaterThan(20);
      assertThat(ids).allSatisfy(id -> assertThat(id).isEqualTo(ids.get(0)));
      assertThat(ids).allSatisfy(id -> assertThat(id.getName()).isEqualTo("Request Id"));
    }
  }

  @Test
  void recorded_allRulesRun() throws Exception {
    Map<String, IResult> results = results(recorded);

    assertThat(results).hasSizeGreaterThan(50);
    assertThat(results.values().stream().map(IResult::getSeverity).distinct())
        .contains(Severity.OK);
  }

  @Test
  void derived_allRulesRun_andNoneWarns() throws Exception {
    Map<String, IResult> results = results(derived);

    assertThat(results).hasSizeGreaterThan(50);
    assertThat(results.values()).noneMatch(r -> r.getSeverity() == Severity.WARNING);
  }

  /** A rule that throws fails this, with the rule's name. */
  private static Map<String, IResult> results(IItemCollection events) throws Exception {
    Map<String, IResult> results = new TreeMap<>();
    Map<IRule, Future<IResult>> running =
        RulesToolkit.evaluateParallel(RuleRegistry.getRules(), events, null, 2);
    for (Map.Entry<IRule, Future<IResult>> rule : running.entrySet()) {
      IResult result = rule.getValue().get();
      assertThat(result).as(rule.getKey().getId()).isNotNull();
      assertThat(result.getSeverity()).as(rule.getKey().getId()).isNotNull();
      results.put(rule.getKey().getId(), result);
    }
    return results;
  }

  private Path record(List<AgentEvent> events) throws Exception {
    Path file = folder.resolve("recorded.jfr");
    JfrEvents jfr = new JfrEvents();
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.start();
      events.forEach(jfr::accept);
      recording.dump(file);
    }
    return file;
  }

  private Path derive(List<AgentEvent> events) throws Exception {
    Path file = folder.resolve("derived.jfr");
    EventShapes shapes = new EventShapes();
    for (AgentEvent event : events) {
      shapes.add(line(event));
    }
    try (EventRecording recording = new EventRecording(file, shapes)) {
      for (AgentEvent event : events) {
        recording.write(line(event));
      }
    }
    assertThat(Files.size(file)).isPositive();
    return file;
  }

  /** As it comes from the agent; what a request is named by is told apart below. */
  private static EventLine line(AgentEvent event) throws Exception {
    EventLine line = Json.MAPPER.readValue(Json.bytes(event.toLine()), EventLine.class);
    Map<String, Object> fields = new LinkedHashMap<>(line.fields());
    fields.keySet().removeIf(name -> name.startsWith("request.") && !name.equals("request.id"));
    return new EventLine(
        line.sequence(), line.time(), line.type(), fields, line.thread(), line.stack());
  }

  /** Each value is the position of its field, in the type that the field has. */
  private static AgentEvent event(EventType type) {
    EventTypes.EventType known = Objects.requireNonNull(EventTypes.of(type.jfrName()));
    Object[] values = new Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      EventTypes.Field field = Objects.requireNonNull(known.field(type.fields().get(i)));
      values[i] =
          switch (field.type()) {
            case "boolean" -> i % 2 == 0;
            case "int" -> i;
            case "long" -> (long) i;
            default -> field.name() + " " + i;
          };
    }
    Instant now = Instant.now();
    return AgentEvent.recorded(
        type,
        type.ordinal(),
        Duration.between(Instant.EPOCH, now).toNanos(),
        "http-1",
        new Throwable().getStackTrace(),
        REQUEST,
        values);
  }

  /** Of each type: label, category and description; of each field: label, description and unit. */
  private static Map<String, Map<String, String>> described(IItemCollection events) {
    Map<String, Map<String, String>> described = new TreeMap<>();
    types(events)
        .forEach(
            (name, type) -> {
              Map<String, String> one = new TreeMap<>();
              one.put("", type.getName() + ": " + type.getDescription());
              for (IAttribute<?> attribute : type.getAttributes()) {
                if (Objects.requireNonNull(EventTypes.of(name)).field(attribute.getIdentifier())
                    != null) {
                  one.put(
                      attribute.getIdentifier() + ":" + attribute.getContentType().getIdentifier(),
                      attribute.getName() + ": " + attribute.getDescription());
                }
              }
              described.put(name, one);
            });
    return described;
  }

  private static Map<String, IType<IItem>> types(IItemCollection events) {
    Map<String, IType<IItem>> types = new TreeMap<>();
    for (IItemIterable items : events) {
      if (items.getType().getIdentifier().startsWith("whorl.") && items.hasItems()) {
        types.put(items.getType().getIdentifier(), items.getType());
      }
    }
    return types;
  }

  private static ContentType<?> contentType(IItemCollection events, String type, String field) {
    return attribute(Objects.requireNonNull(types(events).get(type)), field).getContentType();
  }

  private static IAttribute<?> attribute(IType<IItem> type, String field) {
    return type.getAttributes().stream()
        .filter(attribute -> attribute.getIdentifier().equals(field))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + field + " in " + type.getIdentifier()));
  }

  private static IQuantity quantity(IItemCollection events, String type, String field) {
    for (IItemIterable items : events) {
      if (items.getType().getIdentifier().equals(type)) {
        for (IItem item : items) {
          return (IQuantity)
              attribute(items.getType(), field).getAccessor(items.getType()).getMember(item);
        }
      }
    }
    throw new AssertionError("no " + type);
  }
}
