package whorl.agent.event.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.redact.Redactor;
import whorl.event.AgentEvent;
import whorl.event.CleanTexts;
import whorl.event.EventType;

class EventMaskTest {
  private final EventMask mask = new EventMask(new Redactor(List.of()), new CleanTexts(4));

  @Test
  void masked_ordinaryEvent_isTheSameObject() {
    AgentEvent event = event(EventType.FILE_OPEN, "/etc/passwd", "read", false, false);

    assertThat(mask.masked(event)).isSameAs(event);
  }

  @Test
  void masked_secrets_areGoneAndTheEventAsItWas() {
    AgentEvent event = event(EventType.PROCESS_START, "psql --password=hunter2x", "/tmp", 17L);

    AgentEvent masked = mask.masked(event);

    assertThat(masked.value(0)).isEqualTo("psql --password=***");
    assertThat(masked.value(1)).isEqualTo("/tmp");
    assertThat(masked.value(2)).isEqualTo(17L);
    assertThat(event.value(0)).isEqualTo("psql --password=hunter2x");
  }

  @Test
  void masked_listOfAddresses_masksEach() {
    AgentEvent event =
        event(EventType.LOADER_CREATE, "loader", List.of("http://h/a", "http://u:hunter2x@h/b"));

    assertThat(mask.masked(event).value(1)).isEqualTo(List.of("http://h/a", "http://u:***@h/b"));
  }

  @Test
  void masked_tampering_masksTheValueOfASecretsName() {
    AgentEvent event = event(EventType.TAMPER, "property", "db.password", "hunter2x");

    assertThat(mask.masked(event).value(2)).isEqualTo("***");
  }

  /** Clean texts are not examined again; a secret is masked each time. */
  @Test
  void masked_theSameAgain_isAsBefore() {
    AgentEvent clean = event(EventType.FILE_OPEN, "/etc/passwd", "read", false, false);
    AgentEvent secret = event(EventType.FILE_OPEN, "/tmp/a?token=hunter2x", "read", false, false);
    for (int i = 0; i < 3; i++) {
      assertThat(mask.masked(clean)).isSameAs(clean);
      assertThat(mask.masked(secret).value(0)).isEqualTo("/tmp/a?token=***");
    }
  }

  private static AgentEvent event(EventType type, @Nullable Object... values) {
    return AgentEvent.recorded(type, 1, 1, "main", null, null, values);
  }
}
