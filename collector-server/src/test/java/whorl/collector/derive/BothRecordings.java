package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** One event of each of the agent's types, recorded by JFR and derived from the ring. */
record BothRecordings(IItemCollection recorded, IItemCollection derived) {
  private static final RequestContext REQUEST =
      new RequestContext("0a1b-7", "GET", "/find", "203.0.113.9");

  static BothRecordings make(Path folder) throws Exception {
    List<AgentEvent> events =
        Arrays.stream(EventType.values())
            .filter(type -> type.jfrName().startsWith("whorl."))
            .map(BothRecordings::event)
            .toList();
    return new BothRecordings(
        JfrLoaderToolkit.loadEvents(record(events, folder.resolve("recorded.jfr")).toFile()),
        JfrLoaderToolkit.loadEvents(derive(events, folder.resolve("derived.jfr")).toFile()));
  }

  /** Returns the types of Whorl's events by name. */
  static Map<String, IType<IItem>> types(IItemCollection events) {
    Map<String, IType<IItem>> types = new TreeMap<>();
    for (IItemIterable items : events) {
      if (items.getType().getIdentifier().startsWith("whorl.") && items.hasItems()) {
        types.put(items.getType().getIdentifier(), items.getType());
      }
    }
    return types;
  }

  static IAttribute<?> attribute(IType<IItem> type, String field) {
    return type.getAttributes().stream()
        .filter(attribute -> attribute.getIdentifier().equals(field))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + field + " in " + type.getIdentifier()));
  }

  private static Path record(List<AgentEvent> events, Path file) throws Exception {
    JfrEvents jfr =
        new JfrEvents(new Redactor(List.of()), new CleanTexts(0), new SelfTestProgress());
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.start();
      events.forEach(jfr::accept);
      recording.dump(file);
    }
    return file;
  }

  private static Path derive(List<AgentEvent> events, Path file) throws Exception {
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

  /**
   * Returns the event as the agent writes it, but of the request's fields only {@code request.id}.
   */
  private static EventLine line(AgentEvent event) throws Exception {
    EventLine line = Json.MAPPER.readValue(Json.bytes(event.toLine()), EventLine.class);
    Map<String, Object> fields = new LinkedHashMap<>(line.fields());
    fields.keySet().removeIf(name -> name.startsWith("request.") && !name.equals("request.id"));
    return new EventLine(
        line.sequence(), line.time(), line.type(), fields, line.thread(), line.stack());
  }

  /** Creates an event whose values are the positions of their fields, in the fields' types. */
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
}
