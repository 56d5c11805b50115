package whorl.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Memory reserved for the moment when none is left. */
class MemoryReserveTest {
  private static final long MIB = 1 << 20;

  @Test
  void allocate_zeroBytes_holdsNothing() {
    assertThat(new MemoryReserve(0).allocate(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void allocate_littleMemory_holdsNothing() {
    MemoryReserve reserve = new MemoryReserve(2 * MIB);

    assertThat(reserve.allocate(7 * MIB)).isFalse();
    assertThat(reserve.held()).isFalse();
  }

  @Test
  void allocate_afterRelease_holdsAgain() {
    MemoryReserve reserve = new MemoryReserve(2 * MIB);
    assertThat(reserve.allocate(8 * MIB)).isTrue();

    reserve.release();

    assertThat(reserve.held()).isFalse();
    assertThat(reserve.allocate(8 * MIB)).isTrue();
    assertThat(reserve.held()).isTrue();
  }
}
