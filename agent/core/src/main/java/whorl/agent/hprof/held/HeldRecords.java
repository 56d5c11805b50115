package whorl.agent.hprof.held;

import java.io.IOException;

/** Bytes that wait, compressed, until they may be passed on in their original order. */
public final class HeldRecords implements Sink, AutoCloseable {
  private final CompressedBlocks blocks;
  private final byte[] open = new byte[64 << 10];
  private int used;

  public HeldRecords(HoldBudget budget) {
    blocks = new CompressedBlocks(budget);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, open.length - used);
      System.arraycopy(bytes, from, open, used, part);
      used += part;
      from += part;
      left -= part;
      if (used == open.length) {
        blocks.add(open, used);
        used = 0;
      }
    }
  }

  /** Writes all held bytes, in their order; they stay held. */
  public void replay(Sink sink) throws IOException {
    byte[] block = new byte[open.length];
    for (int i = 0; i < blocks.count(); i++) {
      sink.write(block, 0, blocks.read(i, block));
    }
    sink.write(open, 0, used);
  }

  @Override
  public void close() {
    used = 0;
    blocks.close();
  }
}
