package whorl.collector.receive.seal;

import java.util.Arrays;
import whorl.evidence.Digest;

/**
 * The digests that records refer to, by their first 64 bits. Each takes eight bytes. A collision
 * only keeps content that no record refers to.
 */
final class ReferredDigests {
  private long[] heads = new long[1024];
  private int count;

  void add(Digest sha256) {
    if (count == heads.length) {
      heads = Arrays.copyOf(heads, count * 2);
    }
    heads[count++] = head(sha256);
  }

  /** Call it once, after the last digest is added. */
  void seal() {
    heads = Arrays.copyOf(heads, count);
    Arrays.sort(heads);
  }

  boolean mayContain(Digest sha256) {
    return Arrays.binarySearch(heads, head(sha256)) >= 0;
  }

  private static long head(Digest sha256) {
    return Long.parseUnsignedLong(sha256.hex().substring(0, 16), 16);
  }
}
