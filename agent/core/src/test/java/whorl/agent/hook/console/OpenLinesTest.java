package whorl.agent.hook.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OpenLinesTest {
  /** Collides with {@link #OTHER} among the beginnings, but not among the lost ones. */
  private static final int THREAD = 1;

  private static final int OTHER = 162;

  private final OpenLines lines = new OpenLines();

  @Test
  void beginning_isReturnedToItsThread_once() {
    put(THREAD, "begin");

    assertThat(lines.take(OTHER, false)).isEmpty();
    assertThat(lines.take(THREAD, true)).isEmpty();
    assertThat(lines.take(THREAD, false)).asString(StandardCharsets.UTF_8).isEqualTo("begin");
    assertThat(lines.take(THREAD, false)).isEmpty();
  }

  @Test
  void beginningEvictedByAnotherThread_isReportedAsLost_once() {
    put(THREAD, "password=");
    put(OTHER, "other");

    assertThat(lines.take(THREAD, false)).isNull();
    assertThat(lines.take(THREAD, false)).isEmpty();
    assertThat(lines.take(OTHER, false)).asString(StandardCharsets.UTF_8).isEqualTo("other");
  }

  @Test
  void markLost_discardsTheBeginning() {
    put(THREAD, "password=");
    lines.markLost(THREAD, false);

    assertThat(lines.take(THREAD, false)).isNull();
    assertThat(lines.take(THREAD, false)).isEmpty();
  }

  @Test
  void beginning_isCut() {
    put(THREAD, "x".repeat(10_000));

    assertThat(lines.take(THREAD, false)).hasSize(OpenLines.MAX_BYTES);
  }

  private void put(int thread, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.put(thread, false, OpenLines.NOTHING, bytes, 0, bytes.length);
  }
}
