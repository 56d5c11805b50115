package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.evidence.HeapFacts;

class PauseEstimateTest {
  private static final long MIB = 1 << 20;

  @Test
  void streamed_fastNetwork_isLimitedByReadingTheHeap() {
    PauseEstimate estimate =
        PauseEstimate.streamed(500_000_000, HeapFacts.Content.REDACTED, 1_000 * MIB);

    assertThat(estimate.pause()).isEqualTo(Duration.ofSeconds(2));
    assertThat(estimate.over(Duration.ofSeconds(2), "ask with force")).isNull();
  }

  @Test
  void over_slowNetwork_statesBothFigures() {
    PauseEstimate estimate =
        PauseEstimate.streamed(1_000 * MIB, HeapFacts.Content.REDACTED, 2 * MIB);

    assertThat(estimate.over(Duration.ofSeconds(15), "ask with force"))
        .contains("about 100000 ms")
        .contains("the 15000 ms left of heap.pause-limit")
        .contains("1000.0 MiB are in use")
        .contains("200.0 MiB would be carried away at 2.0 MiB/s")
        .contains("force");
  }

  @Test
  void streamed_full_transfersMore() {
    Duration redacted = PauseEstimate.streamed(100 * MIB, HeapFacts.Content.REDACTED, MIB).pause();
    Duration full = PauseEstimate.streamed(100 * MIB, HeapFacts.Content.FULL, MIB).pause();

    assertThat(full).isGreaterThan(redacted);
  }

  @Test
  void streamed_zeroRate_doesNotDivideByZero() {
    assertThat(PauseEstimate.streamed(MIB, HeapFacts.Content.FULL, 0).pause())
        .isGreaterThan(Duration.ofMinutes(1));
  }
}
