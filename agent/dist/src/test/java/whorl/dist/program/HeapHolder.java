package whorl.dist.program;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds so many MiB, makes garbage, and opens a file so many times, 90 frames deep; then goes on
 * for so many milliseconds.
 */
public final class HeapHolder {
  private static final int PIECE_BYTES = 16 << 10;
  private static final int PIECES_PER_MIB = (1 << 20) / PIECE_BYTES;
  private static final int DEPTH = 90;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final List<byte[]> HELD = new ArrayList<>();
  private static volatile Object garbage = "";

  private HeapHolder() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int mebibytes = Integer.parseInt(arguments[0]);
    int opens = Integer.parseInt(arguments[1]);
    long millis = Long.parseLong(arguments[2]);
    for (int i = 0; i < mebibytes * PIECES_PER_MIB; i++) {
      HELD.add(new byte[PIECE_BYTES]);
    }
    File file = File.createTempFile("held", ".tmp");
    int read = 0;
    for (int i = 0; i < opens; i++) {
      read += open(file, DEPTH);
      garbage = new byte[PIECE_BYTES];
    }
    long end = System.nanoTime() + millis * NANOS_PER_MILLI;
    while (System.nanoTime() < end) {
      garbage = new byte[PIECE_BYTES];
      Thread.sleep(1);
    }
    System.out.println("held " + HELD.size() + ", opened " + opens + ", read " + read);
    if (!file.delete()) {
      throw new IOException("not deleted: " + file);
    }
  }

  private static int open(File file, int depth) throws IOException {
    if (depth > 0) {
      return open(file, depth - 1);
    }
    try (FileInputStream in = new FileInputStream(file)) {
      return in.read();
    }
  }
}
