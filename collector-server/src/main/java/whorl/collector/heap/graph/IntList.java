package whorl.collector.heap.graph;

import java.util.Arrays;

/** A list of ints that grows by blocks, so that growing copies nothing. For one thread. */
public final class IntList {
  private static final int BITS = 16;
  private static final int MASK = (1 << BITS) - 1;

  private int[][] blocks = new int[16][];
  private int size;

  public void add(int value) {
    int block = size >>> BITS;
    if (block == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * blocks.length);
    }
    if ((size & MASK) == 0) {
      blocks[block] = new int[1 << BITS];
    }
    blocks[block][size & MASK] = value;
    size = Math.incrementExact(size);
  }

  public int get(int at) {
    return blocks[at >>> BITS][at & MASK];
  }

  public int size() {
    return size;
  }
}
