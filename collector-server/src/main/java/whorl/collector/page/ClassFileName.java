package whorl.collector.page;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name in a class file (JVMS 4.1, 4.4), and nothing else of hostile bytes in the
 * collector's own JVM. Its allocations are bounded by the size of the constant pool, a 16-bit
 * number.
 */
final class ClassFileName {
  private static final int MAGIC = 0xCAFEBABE;

  private ClassFileName() {}

  /** Returns the name with dots, as the bytes claim it; null when they are not a class file. */
  static @Nullable String of(byte[] file) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      if (in.readInt() != MAGIC) {
        return null;
      }
      in.skipNBytes(4);
      int count = in.readUnsignedShort();
      String[] texts = new String[count];
      int[] classes = new int[count];
      for (int i = 1; i < count; i++) {
        i += constant(in, i, texts, classes);
      }
      in.skipNBytes(2);
      int self = in.readUnsignedShort();
      String name = self < count && classes[self] < count ? texts[classes[self]] : null;
      return name == null ? null : name.replace('/', '.');
    } catch (IOException malformed) {
      return null;
    }
  }

  /** Reads one constant. Returns the number of extra pool entries that it occupies. */
  private static int constant(DataInputStream in, int at, String[] texts, int[] classes)
      throws IOException {
    int tag = in.readUnsignedByte();
    switch (tag) {
      case 1 -> texts[at] = in.readUTF();
      case 7 -> classes[at] = in.readUnsignedShort();
      case 8, 16, 19, 20 -> in.skipNBytes(2);
      case 15 -> in.skipNBytes(3);
      case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
      case 5, 6 -> in.skipNBytes(8);
      default -> throw new IOException("no constant has tag " + tag);
    }
    return tag == 5 || tag == 6 ? 1 : 0;
  }
}
