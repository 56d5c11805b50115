package whorl.agent.capture.files;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.List;
import whorl.agent.capture.kernel.ProcFs;

/**
 * Rebuilds a deleted file from the process's own memory: each mapping at its offset, zeros in
 * between. It includes what the process wrote into private mappings, so the bytes may differ from
 * the file's.
 */
final class MappedImage {
  private static final int MAPS_MAX = 100_000;

  private record Segment(long start, long offset, int length) {}

  private MappedImage() {}

  /**
   * Returns the bytes.
   *
   * @throws IOException if it is larger than {@code maxBytes}, or cannot be read
   */
  static byte[] read(ProcFs proc, String name, int maxBytes) throws IOException {
    List<Segment> segments = new ArrayList<>();
    long size = 0;
    for (String line : proc.lines("proc/self/maps", MAPS_MAX)) {
      String[] parts = line.split("\\s+", 6);
      if (parts.length == 6 && parts[5].equals(name + " (deleted)") && parts[1].startsWith("r")) {
        int dash = parts[0].indexOf('-');
        long start = Long.parseUnsignedLong(parts[0].substring(0, dash), 16);
        long end = Long.parseUnsignedLong(parts[0].substring(dash + 1), 16);
        long offset = Long.parseUnsignedLong(parts[2], 16);
        size = Math.max(size, offset + end - start);
        if (size > maxBytes) {
          throw new IOException("mapped with more than " + maxBytes + " bytes");
        }
        segments.add(new Segment(start, offset, (int) (end - start)));
      }
    }
    if (segments.isEmpty()) {
      throw new IOException("not mapped any more, or not readable");
    }
    byte[] image = new byte[(int) size];
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      for (Segment segment : segments) {
        memory.seek(segment.start());
        memory.readFully(image, (int) segment.offset(), segment.length());
      }
    }
    return image;
  }
}
