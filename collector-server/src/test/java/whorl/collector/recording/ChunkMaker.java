package whorl.collector.recording;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes valid and invalid chunks, value by value. */
final class ChunkMaker {
  static final long INT = 10;
  static final long LONG = 11;
  static final long BOOLEAN = 12;
  static final long STRING = 13;
  static final long CHAR = 14;
  static final long FLOAT = 15;

  private final boolean compressed;
  private final List<String> texts = new ArrayList<>();
  private final Bytes types;
  private int typeCount;
  private final ByteArrayOutputStream events = new ByteArrayOutputStream();

  ChunkMaker(boolean compressed) {
    this.compressed = compressed;
    this.types = new Bytes();
    type(INT, "int", null);
    type(LONG, "long", null);
    type(BOOLEAN, "boolean", null);
    type(STRING, "java.lang.String", null);
    type(CHAR, "char", null);
    type(FLOAT, "float", null);
  }

  /**
   * A field.
   *
   * @param type its id
   */
  record Part(String name, long type, boolean array, boolean constant) {
    static Part of(String name, long type) {
      return new Part(name, type, false, false);
    }

    static Part constant(String name, long type) {
      return new Part(name, type, false, true);
    }

    static Part array(String name, long type) {
      return new Part(name, type, true, false);
    }
  }

  /** Consecutive values. */
  final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes number(long value, int width) {
      if (compressed) {
        long left = value;
        for (int i = 0; i < 8 && (left & ~0x7FL) != 0; i++, left >>>= 7) {
          out.write((int) (left | 0x80));
        }
        out.write((int) left);
      } else {
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
          out.write((int) (value >>> shift));
        }
      }
      return this;
    }

    Bytes int32(long value) {
      return number(value, 4);
    }

    Bytes int64(long value) {
      return number(value, 8);
    }

    Bytes raw(int... bytes) {
      for (int each : bytes) {
        out.write(each);
      }
      return this;
    }

    Bytes latin1(String text) {
      raw(5).int32(text.length());
      out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }
  }

  ChunkMaker type(long id, String name, String superType, Part... parts) {
    return type(id, name, superType, false, parts);
  }

  ChunkMaker type(long id, String name, String superType, boolean simple, Part... parts) {
    List<String> attributes = new ArrayList<>(List.of("id", "" + id, "name", name));
    if (superType != null) {
      attributes.addAll(List.of("superType", superType));
    }
    if (simple) {
      attributes.addAll(List.of("simpleType", "true"));
    }
    element(types, "class", attributes, parts.length);
    for (Part part : parts) {
      List<String> field = new ArrayList<>(List.of("name", part.name(), "class", "" + part.type()));
      if (part.array()) {
        field.addAll(List.of("dimension", "1"));
      }
      if (part.constant()) {
        field.addAll(List.of("constantPool", "true"));
      }
      element(types, "field", field, 0);
    }
    typeCount++;
    return this;
  }

  private void element(Bytes out, String name, List<String> attributes, int children) {
    out.int32(text(name)).int32(attributes.size() / 2);
    attributes.forEach(attribute -> out.int32(text(attribute)));
    out.int32(children);
  }

  private int text(String text) {
    if (!texts.contains(text)) {
      texts.add(text);
    }
    return texts.indexOf(text);
  }

  /** Adds an event; if {@code more} is not 0, its size is wrong by that. */
  ChunkMaker event(long type, int more, Consumer<Bytes> values) {
    Bytes content = new Bytes();
    content.int64(type);
    values.accept(content);
    int size = content.out.size() + 4;
    Bytes event = new Bytes();
    if (compressed) {
      // padded, as HotSpot does
      for (int i = 0; i < 3; i++) {
        event.raw((size + more) >>> (7 * i) | 0x80);
      }
      event.raw((size + more) >>> 21);
    } else {
      event.int32(size + more);
    }
    events.writeBytes(event.out.toByteArray());
    events.writeBytes(content.out.toByteArray());
    return this;
  }

  ChunkMaker event(long type, Consumer<Bytes> values) {
    return event(type, 0, values);
  }

  /**
   * Adds a checkpoint.
   *
   * @param pools the number of pools in the content
   */
  ChunkMaker constants(int pools, Consumer<Bytes> content) {
    return event(1, out -> content.accept(out.int64(0).int64(0).int64(0).raw(0).int32(pools)));
  }

  ChunkMaker metadata() {
    Bytes root = new Bytes();
    element(root, "root", List.of(), 1);
    element(root, "metadata", List.of(), typeCount);
    return event(
        0,
        out -> {
          out.int64(0).int64(0).int64(0).int32(texts.size());
          texts.forEach(out::latin1);
          out.out.writeBytes(root.out.toByteArray());
          out.out.writeBytes(types.out.toByteArray());
        });
  }

  /** The chunk as left by a killed JVM: its header has no positions. */
  ByteBuffer bytes(long startNanos, long startTicks, long ticksPerSecond) {
    ByteBuffer chunk = ByteBuffer.allocate(Header.BYTES + events.size());
    chunk.put("FLR\0".getBytes(StandardCharsets.US_ASCII)).putShort((short) 2).putShort((short) 1);
    chunk.putLong(32, startNanos).putLong(48, startTicks).putLong(56, ticksPerSecond);
    chunk.put(64, (byte) 1).put(67, (byte) (compressed ? 1 : 0));
    chunk.position(Header.BYTES);
    return chunk.put(events.toByteArray()).flip();
  }

  ByteBuffer bytes() {
    return bytes(1_000, 0, 1_000_000_000);
  }
}
