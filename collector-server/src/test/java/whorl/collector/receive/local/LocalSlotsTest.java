package whorl.collector.receive.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import whorl.evidence.Id;

class LocalSlotsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final LocalSlots slots = new LocalSlots(8, nanos::get);

  @Test
  void oneAddress_getsAtMostHalfOfTheSlots() {
    int taken = 0;
    for (int i = 0; i < 32; i++) {
      taken += slots.take(new Id("evidence-" + i), "10.0.0.66") ? 1 : 0;
    }

    assertThat(taken).isEqualTo(4);
    assertThat(slots.take(new Id("evidence-good"), "10.0.0.1")).isTrue();
    assertThat(slots.take(new Id("evidence-0"), "10.0.0.66")).as("the one that it has").isTrue();
  }

  @Test
  void idleEvidence_losesItsSlot() {
    for (int i = 0; i < 8; i++) {
      assertThat(slots.take(new Id("evidence-" + i), "10.0.0." + i)).isTrue();
    }
    assertThat(slots.take(new Id("evidence-8"), "10.0.0.8")).isFalse();

    nanos.addAndGet(60_000_000_000L);

    assertThat(slots.take(new Id("evidence-8"), "10.0.0.8")).isTrue();
    assertThat(slots.taken()).isEqualTo(1);
  }

  @Test
  void uploadsThatRestInTurn_haveNoMoreThanTheirShare() {
    for (int i = 0; i < 32; i++) {
      assertThat(slots.take(new Id("evidence-" + i), "10.0.0.66")).isTrue();
      nanos.addAndGet(60_000_000_000L);
    }
    for (int i = 0; i < 32; i++) {
      slots.touch(new Id("evidence-" + i), "10.0.0.66");
    }

    assertThat(slots.taken()).isEqualTo(4);
    assertThat(slots.take(new Id("evidence-good"), "10.0.0.1")).isTrue();
  }

  @Test
  void singleSlot_canBeTaken() {
    LocalSlots one = new LocalSlots(1, nanos::get);

    assertThat(one.take(new Id("evidence-1"), "10.0.0.1")).isTrue();
    assertThat(one.take(new Id("evidence-2"), "10.0.0.2")).isFalse();
  }
}
