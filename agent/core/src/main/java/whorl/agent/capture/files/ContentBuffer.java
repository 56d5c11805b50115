package whorl.agent.capture.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import whorl.agent.capture.BackgroundYield;

/**
 * Holds the content of one file at a time, so that many files use no more memory than the largest.
 */
final class ContentBuffer {
  /** The size of one read: the JDK keeps a buffer of that size per thread. */
  private static final int BLOCK_BYTES = 64 << 10;

  private final List<byte[]> blocks = new ArrayList<>();
  private final BackgroundYield backgroundYield = new BackgroundYield();
  private int length;

  /** Returns the number of bytes it holds. */
  int length() {
    return length;
  }

  /**
   * Replaces the content by everything that can be read.
   *
   * @return true if that was not more than {@code max}
   */
  boolean read(InputStream in, int max) throws IOException {
    length = 0;
    while (length <= max) {
      int used = length % BLOCK_BYTES;
      int n = in.read(block(length / BLOCK_BYTES), used, BLOCK_BYTES - used);
      if (n < 0) {
        return true;
      }
      length += n;
      backgroundYield.giveWay();
    }
    return false;
  }

  /**
   * Replaces the content by the next block.
   *
   * @return false at the end
   */
  boolean readNext(InputStream in) throws IOException {
    length = Math.max(0, in.read(block(0), 0, BLOCK_BYTES));
    return length > 0;
  }

  void addTo(MessageDigest digest) {
    for (int from = 0; from < length; from += BLOCK_BYTES) {
      digest.update(block(from / BLOCK_BYTES), 0, Math.min(BLOCK_BYTES, length - from));
      backgroundYield.giveWay();
    }
  }

  void writeTo(OutputStream out) throws IOException {
    for (int from = 0; from < length; from += BLOCK_BYTES) {
      out.write(block(from / BLOCK_BYTES), 0, Math.min(BLOCK_BYTES, length - from));
    }
  }

  private byte[] block(int number) {
    if (number == blocks.size()) {
      blocks.add(new byte[BLOCK_BYTES]);
    }
    return blocks.get(number);
  }
}
