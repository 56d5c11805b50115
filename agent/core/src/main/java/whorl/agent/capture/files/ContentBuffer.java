package whorl.agent.capture.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import whorl.agent.capture.BackgroundYield;

/** Holds one content after the other, so that many files cost no more memory than the largest. */
final class ContentBuffer {
  /** As much as is read at once: the JDK keeps a buffer of that size for the thread. */
  private static final int BLOCK_BYTES = 64 << 10;

  private final List<byte[]> blocks = new ArrayList<>();
  private final BackgroundYield backgroundYield = new BackgroundYield();
  private int length;

  /** How many bytes it holds. */
  int length() {
    return length;
  }

  /**
   * Reads all that comes, in place of what it held.
   *
   * @return whether that was not more than {@code max}
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
   * Reads the next block, in place of what it held.
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
