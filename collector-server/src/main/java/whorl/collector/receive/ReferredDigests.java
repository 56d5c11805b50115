package whorl.collector.receive;

import java.util.Arrays;
import whorl.evidence.Digest;

/**
 * Digests that records refer to, by their first 64 bits: eight bytes each, and a mistake can only
 * be to keep what nobody refers to.
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

  /** To be called when all are added. */
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
