package whorl.collector.heap.dump;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import shark.HprofRecordTag;
import whorl.evidence.Text;

/** Reads the text of some strings, shortened. For one thread. */
final class Texts {
  private static final int CHAR = 5;
  private static final int MAX_BYTES = 400;
  private static final int MAX_CHARS = 200;

  private final HeapDump dump;
  private final Set<Integer> wanted;
  private final Map<Integer, String> found = new HashMap<>();

  Texts(HeapDump dump, Set<Integer> wanted) {
    this.dump = dump;
    this.wanted = wanted;
  }

  Map<Integer, String> found() {
    return found;
  }

  void read(DumpFile file, DoubleConsumer progress) {
    file.read(
        EnumSet.of(HprofRecordTag.PRIMITIVE_ARRAY_DUMP),
        (tag, length, reader) -> {
          int object = dump.object(reader.readId());
          reader.skip(4);
          long bytes = FirstPass.length(reader.readInt());
          int type = reader.readUnsignedByte();
          bytes *= FieldTypes.bytes(type);
          int read = wanted.contains(object) ? (int) Math.min(bytes, MAX_BYTES) : 0;
          if (wanted.contains(object)) {
            boolean wide = type != FieldTypes.BYTE || dump.values().isWide(object);
            found.put(object, text(reader.readByteArray(read), charset(type, wide), bytes > read));
          }
          reader.skip(bytes - read);
        },
        progress);
  }

  /** HotSpot dumps arrays of chars in the order of the network, arrays of bytes as they are. */
  private static Charset charset(int type, boolean wide) {
    if (!wide) {
      return StandardCharsets.ISO_8859_1;
    }
    return type == CHAR ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }

  private static String text(byte[] bytes, Charset charset, boolean cut) {
    String text = new String(bytes, charset);
    return text.length() <= MAX_CHARS && !cut ? text : Text.beginning(text, MAX_CHARS) + "…";
  }
}
