package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  /** A status as those know it who do not know of costs. */
  private record OlderStatus(Map<String, Long> losses, Map<String, Object> capabilities) {}

  @Test
  void statusWithCosts_isUnderstoodByWhoDoesNotKnowThem() throws IOException {
    AgentCosts costs =
        new AgentCosts(12.5, 0.25, null, 1e-3, 1_270L, 10L, 20L, Map.of("events", 1L << 20));
    String text = Json.text(new AgentMessage.Status(Map.of("ring", 3L), null, costs));

    OlderStatus older =
        Json.LENIENT.readerFor(OlderStatus.class).readValue(text.replace("\"type\"", "\"was\""));

    assertThat(older.losses()).containsEntry("ring", 3L);
    assertThat(text).doesNotContain("jfrCpuSeconds");
    assertThat(((AgentMessage.Status) Json.LENIENT.readValue(text, AgentMessage.class)).costs())
        .isEqualTo(costs);
  }

  @Test
  void statusWithoutCosts_isUnderstood_asWithNone() throws IOException {
    AgentMessage older =
        Json.LENIENT.readValue("{\"type\":\"status\",\"losses\":{\"ring\":3}}", AgentMessage.class);

    assertThat(older).isEqualTo(new AgentMessage.Status(Map.of("ring", 3L), null, null));
  }

  @Test
  void bytes_halfOfASurrogatePair_isEscapedAndComesBack() throws IOException {
    String hostile = "/tmp/\uD800x\uDC00\u0000\n\"é🙂";
    EventLine event =
        new EventLine(
            1, Instant.EPOCH, "whorl.FileOpen", Map.of("path", hostile), hostile, List.of(hostile));

    EventLine back = Json.MAPPER.readValue(Json.bytes(event), EventLine.class);

    assertThat(back).isEqualTo(event);
    assertThat(Json.text(event).chars()).allMatch(c -> c >= ' ' && c < 127);
  }
}
