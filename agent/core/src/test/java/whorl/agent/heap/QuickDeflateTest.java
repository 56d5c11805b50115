package whorl.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class QuickDeflateTest {
  @Test
  void deflate_everyLengthOfARun_inflatesUnchanged() throws DataFormatException {
    for (int length = 0; length < 1_200; length++) {
      byte[] run = new byte[length + 2];
      Arrays.fill(run, 1, length + 1, (byte) 200);

      assertThat(inflated(run)).as("a run of %d", length).isEqualTo(run);
    }
  }

  @Test
  void deflate_anyMixtureOfRunsAndNoise_inflatesUnchanged() throws DataFormatException {
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      byte[] plain = new byte[random.nextInt(40_000)];
      int at = 0;
      while (at < plain.length) {
        int length = Math.min(plain.length - at, 1 + random.nextInt(700));
        if (random.nextBoolean()) {
          Arrays.fill(plain, at, at + length, (byte) random.nextInt());
        } else {
          for (int i = 0; i < length; i++) {
            plain[at + i] = (byte) random.nextInt(random.nextBoolean() ? 3 : 256);
          }
        }
        at += length;
      }

      assertThat(inflated(plain)).as("round %d", round).isEqualTo(plain);
    }
  }

  @Test
  void deflate_zeros_becomeVerySmall() {
    byte[] zeros = new byte[256 << 10];

    int end =
        new QuickDeflate()
            .deflate(zeros, zeros.length, new byte[QuickDeflate.maxBytes(zeros.length)], 0);

    assertThat(end).isLessThan(zeros.length / 100);
  }

  @Test
  void deflate_longestCodes_fitIntoMaxBytes() throws DataFormatException {
    byte[] dear = new byte[10_000];
    for (int i = 0; i < dear.length; i++) {
      dear[i] = (byte) (144 + i % 112);
    }

    assertThat(inflated(dear)).isEqualTo(dear);
  }

  @Test
  void deflate_repetitionsFarAndNear_inflateUnchanged() throws DataFormatException {
    Random random = new Random(9);
    byte[] plain = new byte[256 << 10];
    int at = 0;
    while (at < plain.length) {
      int length = Math.min(plain.length - at, 1 + random.nextInt(400));
      if (at > 0 && random.nextInt(4) > 0) {
        int before = Math.max(0, at - 1 - random.nextInt(40_000));
        for (int i = 0; i < length; i++) {
          plain[at + i] = plain[before + i];
        }
      } else {
        for (int i = 0; i < length; i++) {
          plain[at + i] = (byte) random.nextInt();
        }
      }
      at += length;
    }

    assertThat(inflated(plain)).isEqualTo(plain);
    assertThat(packed(plain)).hasSizeLessThan(plain.length * 2 / 3);
  }

  private static byte[] packed(byte[] plain) {
    byte[] packed = new byte[QuickDeflate.maxBytes(plain.length)];
    return Arrays.copyOf(packed, new QuickDeflate().deflate(plain, plain.length, packed, 0));
  }

  private static byte[] inflated(byte[] plain) throws DataFormatException {
    byte[] packed = new byte[5 + QuickDeflate.maxBytes(plain.length)];
    int end = new QuickDeflate().deflate(plain, plain.length, packed, 5);
    assertThat(end).isLessThanOrEqualTo(packed.length);
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed, 5, end - 5);
      byte[] back = new byte[plain.length + 1];
      int length = inflater.inflate(back);
      assertThat(inflater.finished()).isTrue();
      assertThat(inflater.getRemaining()).isZero();
      return Arrays.copyOf(back, length);
    } finally {
      inflater.end();
    }
  }
}
