package whorl.agent.hprof.held;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Blocks of bytes in memory, each compressed separately, to be read again in their order. */
public final class CompressedBlocks implements AutoCloseable {
  /** The memory per block in addition to its bytes: the array's header and the list entry. */
  private static final int BLOCK_OVERHEAD_BYTES = 32;

  private final HoldBudget budget;
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
  private final Inflater inflater = new Inflater();
  private final List<byte[]> blocks = new ArrayList<>();
  private byte[] scratch = new byte[16 << 10];
  private long heldBytes;

  public CompressedBlocks(HoldBudget budget) {
    this.budget = budget;
  }

  /**
   * Compresses and keeps the first {@code length} bytes.
   *
   * @throws IOException if there is no memory for them
   */
  public void add(byte[] bytes, int length) throws IOException {
    deflater.reset();
    deflater.setInput(bytes, 0, length);
    deflater.finish();
    int used = 0;
    while (!deflater.finished()) {
      if (used == scratch.length) {
        scratch = Arrays.copyOf(scratch, scratch.length * 2);
      }
      used += deflater.deflate(scratch, used, scratch.length - used);
    }
    budget.take(used + BLOCK_OVERHEAD_BYTES);
    heldBytes += used + BLOCK_OVERHEAD_BYTES;
    blocks.add(Arrays.copyOf(scratch, used));
  }

  public int count() {
    return blocks.size();
  }

  /**
   * Reads a block again.
   *
   * @param into large enough for the bytes that were added
   * @return the number of bytes
   */
  public int read(int index, byte[] into) throws IOException {
    inflater.reset();
    inflater.setInput(blocks.get(index));
    int length = 0;
    try {
      while (!inflater.finished()) {
        int inflated = inflater.inflate(into, length, into.length - length);
        if (inflated == 0 && !inflater.finished()) {
          throw new IOException("heap dump: held block " + index + " is longer than it was");
        }
        length += inflated;
      }
    } catch (DataFormatException e) {
      throw new IOException("heap dump: held block " + index + " is damaged", e);
    }
    return length;
  }

  /** Releases everything, including native memory. */
  @Override
  public void close() {
    budget.giveBack(heldBytes);
    heldBytes = 0;
    blocks.clear();
    deflater.end();
    inflater.end();
  }
}
