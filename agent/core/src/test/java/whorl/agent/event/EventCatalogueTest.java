package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.Test;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.event.CleanTexts;
import whorl.event.EventType;

/** Every event type is known to each part of the agent and each document that lists event types. */
class EventCatalogueTest {
  private static final Path SETTINGS = Path.of("src/main/resources/whorl/recording.properties");
  private static final Path DOCUMENT = Path.of("../../docs/captures.md");

  private static Set<String> ours() {
    return Stream.of(EventType.values())
        .map(EventType::jfrName)
        .filter(each -> each.startsWith("whorl."))
        .collect(Collectors.toSet());
  }

  @Test
  void everyType_isAJfrType_withTheSameFields() {
    new JfrEvents(new Redactor(List.of()), new CleanTexts(0), new SelfTestProgress());
    Map<String, jdk.jfr.EventType> registered =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(each -> each.getName().startsWith("whorl."))
            .collect(Collectors.toMap(jdk.jfr.EventType::getName, Function.identity()));

    assertThat(registered.keySet()).containsExactlyInAnyOrderElementsOf(ours());
    for (EventType type : EventType.values()) {
      if (ours().contains(type.jfrName())) {
        assertThat(registered.get(type.jfrName()).getFields())
            .as(type.jfrName())
            .extracting(ValueDescriptor::getName)
            .containsAll(type.fields());
      }
    }
  }

  @Test
  void everyType_isRecorded_withAStackWhereItHasOne() throws IOException {
    Properties settings = new Properties();
    try (Reader in = Files.newBufferedReader(SETTINGS)) {
      settings.load(in);
    }

    for (EventType type : EventType.values()) {
      if (type.jfrName().startsWith("whorl.")) {
        assertThat(settings).as(type.jfrName()).containsEntry(type.jfrName() + "#enabled", "true");
        assertThat(settings.getProperty(type.jfrName() + "#stackTrace", "true"))
            .as(type.jfrName())
            .isEqualTo(String.valueOf(type.hasStack()));
      }
    }
  }

  @Test
  void everyType_isDocumented() throws IOException {
    String document = Files.readString(DOCUMENT);

    assertThat(ours()).allSatisfy(each -> assertThat(document).contains("`" + each + "`"));
  }
}
