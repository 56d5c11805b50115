package whorl.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import whorl.evidence.channel.ChainLink;

class ChainHeadTest {
  private static final Digest HASH = Digest.of(new byte[0]);

  @Test
  void numbers_stayWhereNoSumOverflows_andNoReaderRounds() {
    long max = ChainHead.SEQUENCE_MAX;
    assertThat(new ChainHead(max, HASH).sequence()).isEqualTo(9_007_199_254_740_991L);
    assertThat(new ChainLink(max, HASH, max).dropped()).isEqualTo(max);

    assertThatThrownBy(() -> new ChainHead(max + 1, HASH)).hasMessageContaining("out of range");
    assertThatThrownBy(() -> new ChainHead(-1, HASH)).hasMessageContaining("out of range");
    assertThatThrownBy(() -> new ChainLink(max + 1, HASH, 0)).hasMessageContaining("out of range");
    assertThatThrownBy(() -> new ChainLink(0, HASH, 0)).hasMessageContaining("out of range");
    assertThatThrownBy(() -> new ChainLink(1, HASH, max + 1)).hasMessageContaining("out of range");
    assertThatThrownBy(() -> new ChainLink(1, HASH, -1)).hasMessageContaining("out of range");
  }
}
