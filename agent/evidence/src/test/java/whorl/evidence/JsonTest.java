package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
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
