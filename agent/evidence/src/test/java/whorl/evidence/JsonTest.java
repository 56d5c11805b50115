package whorl.evidence;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import whorl.evidence.channel.AgentCosts;
import whorl.evidence.channel.AgentMessage;

class JsonTest {
  /** The status of a version without costs. */
  private record OlderStatus(Map<String, Long> losses, Map<String, Object> capabilities) {}

  @Test
  void statusWithCosts_isReadByAnOlderVersion() throws IOException {
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
  void statusWithoutCosts_isReadWithNullCosts() throws IOException {
    AgentMessage older =
        Json.LENIENT.readValue("{\"type\":\"status\",\"losses\":{\"ring\":3}}", AgentMessage.class);

    assertThat(older).isEqualTo(new AgentMessage.Status(Map.of("ring", 3L), null, null));
  }

  @Test
  void bytes_halfOfASurrogatePair_isEscapedAndReadBack() throws IOException {
    String hostile = "/tmp/\uD800x\uDC00\u0000\n\"é🙂";
    EventLine event =
        new EventLine(
            1, Instant.EPOCH, "whorl.FileOpen", Map.of("path", hostile), hostile, List.of(hostile));

    EventLine back = Json.MAPPER.readValue(Json.bytes(event), EventLine.class);

    assertThat(back).isEqualTo(event);
    assertThat(Json.text(event).chars()).allMatch(c -> c >= ' ' && c < 127);
  }

  @Test
  void read_bytesThatCouldBeUtf16OrUtf32_areRefusedAsJson() {
    for (Charset other : List.of(UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"))) {
      byte[] bytes = "{\"a\":1}".getBytes(other);
      assertThatThrownBy(() -> Json.LENIENT.readTree(bytes)).isInstanceOf(JacksonException.class);
    }
    byte[] noCharacter = {0, 0, 0, '{', 0x69, 0x6d, 0x3a, 0x22};
    assertThatThrownBy(() -> Json.LENIENT.readValue(noCharacter, Alert.class))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void read_timeThatCouldNotBeReadAgain_isRefused() throws IOException {
    String last = "\"+999999999-12-31T23:00:00Z\"";
    assertThat(Json.text(Json.MAPPER.readValue(last, Instant.class))).isEqualTo(last);

    assertThatThrownBy(
            () -> Json.MAPPER.readValue("\"+999999999-12-31T23:00:00-10:00\"", Instant.class))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("not an RFC 3339 time");
  }
}
