package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Memory held against the moment when there is none. */
class MemoryReserveTest {
  private static final long MIB = 1 << 20;

  @Test
  void take_ofNothing_holdsNothing() {
    assertThat(new MemoryReserve(0).take(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void take_whenMemoryIsShort_takesNothing() {
    MemoryReserve reserve = new MemoryReserve(2 * MIB);

    assertThat(reserve.take(7 * MIB)).isFalse();
    assertThat(reserve.held()).isFalse();
  }

  @Test
  void take_afterRelease_takesItAgain() {
    MemoryReserve reserve = new MemoryReserve(2 * MIB);
    assertThat(reserve.take(8 * MIB)).isTrue();

    reserve.release();

    assertThat(reserve.held()).isFalse();
    assertThat(reserve.take(8 * MIB)).isTrue();
    assertThat(reserve.held()).isTrue();
  }
}
