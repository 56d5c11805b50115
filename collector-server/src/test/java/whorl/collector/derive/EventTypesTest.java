package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.AnnotationElement;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import whorl.agent.event.SelfTestProgress;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.event.CleanTexts;
import whorl.evidence.Json;

/**
 * The metadata of the agent's events in derived recordings equals their annotations; {@code
 * -Dwhorl.docs.write=true} writes it.
 */
class EventTypesTest {
  private static final Path RESOURCE =
      Path.of("src/main/resources/whorl/collector/derive/event-types.json");
  static final Set<String> JFRS_OWN = Set.of("startTime", "duration", "eventThread", "stackTrace");
  private static final ObjectWriter JSON =
      Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT);

  @Test
  void resource_equalsTheAgentsAnnotations() throws IOException {
    String document = JSON.writeValueAsString(new EventTypes.Document(types())) + "\n";
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.createDirectories(RESOURCE.getParent());
      Files.writeString(RESOURCE, document);
    }
    assertThat(RESOURCE).as("write it again with -Dwhorl.docs.write=true").hasContent(document);
  }

  @Test
  void everyType_isInTheCategoryWhorl_andHasADescription() {
    assertThat(types()).hasSizeGreaterThan(20);
    for (EventTypes.EventType type : types()) {
      assertThat(type.category()).as(type.name()).hasSize(2).startsWith("Whorl");
      assertThat(type.label()).as(type.name()).isNotBlank();
      assertThat(type.description()).as(type.name()).isNotBlank();
      for (EventTypes.Field field : type.fields()) {
        assertThat(field.label()).as(type.name() + "." + field.name()).isNotBlank();
        assertThat(field.description()).as(type.name() + "." + field.name()).isNotBlank();
      }
      assertThat(type.field("requestId"))
          .as(type.name())
          .extracting(EventTypes.Field::annotations)
          .isEqualTo(Map.of("whorl.SameRequest", ""));
    }
  }

  private static List<EventTypes.EventType> types() {
    return registered().stream().map(EventTypesTest::type).toList();
  }

  /** Returns the agent's types by name. */
  static List<EventType> registered() {
    new JfrEvents(new Redactor(List.of()), new CleanTexts(0), new SelfTestProgress());
    return FlightRecorder.getFlightRecorder().getEventTypes().stream()
        .filter(type -> type.getName().startsWith("whorl."))
        .sorted(Comparator.comparing(EventType::getName))
        .toList();
  }

  private static EventTypes.EventType type(EventType type) {
    return new EventTypes.EventType(
        type.getName(),
        type.getLabel(),
        String.valueOf(type.getDescription()),
        type.getCategoryNames(),
        type.getFields().stream()
            .filter(field -> !JFRS_OWN.contains(field.getName()))
            .map(EventTypesTest::field)
            .toList());
  }

  private static EventTypes.Field field(ValueDescriptor field) {
    return new EventTypes.Field(
        field.getName(),
        field.getTypeName(),
        String.valueOf(field.getLabel()),
        field.getDescription() == null ? "" : field.getDescription(),
        annotations(field));
  }

  private static Map<String, String> annotations(ValueDescriptor field) {
    Map<String, String> annotations = new TreeMap<>();
    for (AnnotationElement annotation : field.getAnnotationElements()) {
      String name = annotation.getTypeName();
      if (!name.equals("jdk.jfr.Label") && !name.equals("jdk.jfr.Description")) {
        List<Object> values = new ArrayList<>(annotation.getValues());
        annotations.put(name, values.isEmpty() ? "" : String.valueOf(values.get(0)));
      }
    }
    return annotations;
  }
}
