package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import whorl.agent.event.jfr.JfrEvents;
import whorl.agent.redact.Redactor;
import whorl.event.CleanTexts;
import whorl.event.EventType;

/**
 * Every event type is a JFR type, and docs/captures.md has it; {@code -Dwhorl.docs.write=true} adds
 * the missing ones to the document.
 */
class EventCatalogueTest {
  private static final Path DOCUMENT = Path.of("../../docs/captures.md");
  private static final String TABLE = "| what | events |\n";
  private static final Pattern NAME = Pattern.compile("`(whorl\\.\\w+)`");

  /** The row of events whose JFR category has no row of its own. */
  private static final String OTHER_EVENTS = "the rest";

  /** The agent's JFR types, by name. */
  private static final Map<String, jdk.jfr.EventType> REGISTERED = new TreeMap<>();

  @BeforeAll
  static void register() {
    new JfrEvents(new Redactor(List.of()), new CleanTexts(0), new SelfTestProgress());
    for (jdk.jfr.EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
      if (type.getName().startsWith("whorl.")) {
        REGISTERED.put(type.getName(), type);
      }
    }
  }

  private static Set<String> ours() {
    return Stream.of(EventType.values())
        .filter(EventType::isRecorded)
        .map(EventType::jfrName)
        .collect(Collectors.toSet());
  }

  /** Returns the document with the missing events, each with its description. */
  private static String withAllEvents(String document) {
    int start = document.indexOf(TABLE);
    int end = document.indexOf("\n\n", start) + 1;
    String table = document.substring(start, end);
    for (jdk.jfr.EventType type : REGISTERED.values()) {
      if (!table.contains("`" + type.getName() + "`")) {
        table = withEvent(table, type);
      }
    }
    return document.substring(0, start) + table + document.substring(end);
  }

  private static String withEvent(String table, jdk.jfr.EventType type) {
    String category = type.getCategoryNames().get(1).toLowerCase(Locale.ROOT);
    int row = table.indexOf("\n| " + category + " | ");
    int found = row >= 0 ? row : table.indexOf("\n| " + OTHER_EVENTS + " | ");
    int end = table.indexOf(" |\n", found);
    String description = type.getDescription();
    String text = description.substring(0, 1).toLowerCase(Locale.ROOT) + description.substring(1);
    return table.substring(0, end)
        + "; `"
        + type.getName()
        + "`: "
        + text.replace("|", "\\|")
        + table.substring(end);
  }

  @Test
  void everyType_isAJfrType_withTheSameFields() {
    assertThat(REGISTERED.keySet()).containsExactlyInAnyOrderElementsOf(ours());
    for (EventType type : EventType.values()) {
      if (type.isRecorded()) {
        assertThat(REGISTERED.get(type.jfrName()).getFields())
            .as(type.jfrName())
            .extracting(ValueDescriptor::getName)
            .containsAll(type.fields());
      }
    }
  }

  @Test
  void document_hasEveryType_andNoOther() throws IOException {
    String document = withAllEvents(Files.readString(DOCUMENT));
    if (Boolean.getBoolean("whorl.docs.write")) {
      Files.writeString(DOCUMENT, document);
    }
    Matcher names = NAME.matcher(document);

    assertThat(DOCUMENT).as("write it again with -Dwhorl.docs.write=true").hasContent(document);
    assertThat(names.results().map(name -> name.group(1)).collect(Collectors.toSet()))
        .isEqualTo(ours());
  }
}
