package whorl.collector.heap.graph;

import java.util.Arrays;

/** A list of longs that grows by blocks, so that growing copies nothing. For one thread. */
public final class LongList {
  private static final int BITS = 16;
  private static final int MASK = (1 << BITS) - 1;

  private long[][] blocks = new long[16][];
  private int size;

  public void add(long value) {
    int block = size >>> BITS;
    if (block == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * blocks.length);
    }
    if ((size & MASK) == 0) {
      blocks[block] = new long[1 << BITS];
    }
    blocks[block][size & MASK] = value;
    size = Math.incrementExact(size);
  }

  /** The values in ascending order, each once. Empties the list, to need little memory at once. */
  public long[] drainSorted() {
    long[] all = new long[size];
    for (int at = 0; at < size; at += 1 << BITS) {
      long[] block = blocks[at >>> BITS];
      System.arraycopy(block, 0, all, at, Math.min(block.length, size - at));
      blocks[at >>> BITS] = new long[0];
    }
    blocks = new long[16][];
    size = 0;
    Arrays.sort(all);
    int distinct = 0;
    for (int i = 0; i < all.length; i++) {
      if (i == 0 || all[i] != all[i - 1]) {
        all[distinct++] = all[i];
      }
    }
    return distinct == all.length ? all : Arrays.copyOf(all, distinct);
  }
}
