package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.evidence.Id;

class SetAsideTest {
  private final Id evicted = Samples.id();
  private final Id kept = Samples.id();

  @Test
  void retry_evidenceThatWasEvicted_usesUpNoTry() {
    SetAside setAside = new SetAside(Duration.ZERO);
    setAside.add(evicted);
    setAside.add(kept);

    setAside.retry(kept::equals);

    assertThat(setAside.contains(kept)).isFalse();
    assertThat(setAside.isEmpty()).isTrue();
  }

  @Test
  void retry_notYet_forgetsOnlyWhatWasEvicted() {
    SetAside setAside = new SetAside(Duration.ofMinutes(10));
    setAside.add(evicted);
    setAside.add(kept);

    setAside.retry(kept::equals);

    assertThat(setAside.contains(evicted)).isFalse();
    assertThat(setAside.contains(kept)).isTrue();
  }
}
