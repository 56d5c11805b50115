package whorl.collector.fleet.chain;

import org.jspecify.annotations.Nullable;
import whorl.evidence.ChainHead;
import whorl.evidence.Digest;

/**
 * The hashes of the newest links of one chain, each shortened to eight bytes, so that ten thousand
 * agents need little memory. Used under the lock of its owner.
 */
final class RecentLinks {
  private static final int MAX = 16;
  private static final int HEX_DIGITS = 16;

  private final long[] hashes = new long[MAX];
  private final long[] sequences = new long[MAX];

  void add(ChainHead position) {
    int slot = (int) (position.sequence() % MAX);
    hashes[slot] = shortened(position.hash());
    sequences[slot] = position.sequence() + 1; // 0 is an empty slot
  }

  /**
   * True or false if this link was received or differs from it; null if it is not known any more.
   */
  @Nullable Boolean contains(ChainHead position) {
    int slot = (int) (position.sequence() % MAX);
    return sequences[slot] != position.sequence() + 1
        ? null
        : hashes[slot] == shortened(position.hash());
  }

  private static long shortened(Digest hash) {
    return Long.parseUnsignedLong(hash.hex().substring(0, HEX_DIGITS), 16);
  }
}
