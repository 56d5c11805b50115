package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Memory held against the moment when there is none. */
class MemoryReserveTest {
  private static final long MIB = 1 << 20;

  @Test
  void bytes_ofAnyHeap_areBetweenOneAndFourMebibytes() {
    assertThat(new MemoryReserve(8 * MIB).bytes()).isEqualTo(MIB);
    assertThat(new MemoryReserve(32 * MIB).bytes()).isEqualTo(2 * MIB);
    assertThat(new MemoryReserve(Long.MAX_VALUE).bytes()).isEqualTo(4 * MIB);
  }

  @Test
  void take_whenMemoryIsShort_takesNothing() {
    MemoryReserve reserve = new MemoryReserve(32 * MIB);

    assertThat(reserve.take(7 * MIB)).isFalse();
    assertThat(reserve.held()).isFalse();
  }

  @Test
  void take_afterRelease_takesItAgain() {
    MemoryReserve reserve = new MemoryReserve(32 * MIB);
    assertThat(reserve.take(8 * MIB)).isTrue();

    reserve.release();

    assertThat(reserve.held()).isFalse();
    assertThat(reserve.take(8 * MIB)).isTrue();
    assertThat(reserve.held()).isTrue();
  }
}
