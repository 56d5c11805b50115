package whorl.agent.redact.jfr;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds a chunk of a recording with types and events as a test needs them. */
final class ChunkBuilder {
  static final int HEADER_BYTES = 68;
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;

  private final List<String> strings = new ArrayList<>();
  private final List<byte[]> types = new ArrayList<>();
  private final ByteArrayOutputStream events = new ByteArrayOutputStream();

  /**
   * Adds a type.
   *
   * @param fields each with name and number of its type, with a space between
   */
  ChunkBuilder type(int id, String name, String... fields) {
    byte[][] elements = new byte[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      String[] words = fields[i].split(" ");
      List<String> attributes = new ArrayList<>(List.of("name", words[0], "class", words[1]));
      if (words.length > 2) {
        attributes.addAll(List.of(words[2], words[2].equals("dimension") ? "1" : "true"));
      }
      elements[i] = element("field", attributes);
    }
    types.add(element("class", List.of("id", "" + id, "name", name), elements));
    return this;
  }

  /** Adds an event with these values. */
  ChunkBuilder event(int type, byte[]... values) {
    return raw(sized(joined(number(type), joined(values))));
  }

  /** Adds any bytes in place of an event. */
  ChunkBuilder raw(byte[] bytes) {
    events.writeBytes(bytes);
    return this;
  }

  /** Returns the chunk. */
  byte[] build() {
    byte[] tree =
        element("root", List.of(), element("metadata", List.of(), types.toArray(byte[][]::new)));
    byte[] pool = number(strings.size());
    for (String string : strings) {
      pool = joined(pool, characters(string));
    }
    return build(sized(joined(new byte[4], pool, tree)));
  }

  /** Returns the chunk with this event as metadata. */
  byte[] build(byte[] metadata) {
    byte[] contents = joined(events.toByteArray(), metadata);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putInt(MAGIC).putInt(0x00020001).putLong(HEADER_BYTES + contents.length);
    header.putLong(0).putLong(HEADER_BYTES + events.size()).put(67, (byte) 1);
    return joined(header.array(), contents);
  }

  /** An element of the metadata. */
  byte[] element(String name, List<String> attributes, byte[]... elements) {
    byte[] bytes = joined(index(name), number(attributes.size() / 2));
    for (String attribute : attributes) {
      bytes = joined(bytes, index(attribute));
    }
    return joined(bytes, number(elements.length), joined(elements));
  }

  private byte[] index(String string) {
    if (!strings.contains(string)) {
      strings.add(string);
    }
    return number(strings.indexOf(string));
  }

  /** An event: these bytes after their size, with itself, in four bytes. */
  static byte[] sized(byte[] contents) {
    int size = contents.length + 4;
    byte[] bytes = new byte[4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (size >> 7 * i & 0x7F | (i < 3 ? 0x80 : 0));
    }
    return joined(bytes, contents);
  }

  static byte[] number(long number) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long left = number;
    while (left >>> 7 != 0) {
      bytes.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
    return bytes.toByteArray();
  }

  /** A string as JFR writes one of Java code. */
  static byte[] characters(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(MaskedStrings.CHARACTERS);
    bytes.writeBytes(number(text.length()));
    text.chars().forEach(c -> bytes.writeBytes(number(c)));
    return bytes.toByteArray();
  }

  /** A string as HotSpot writes one. */
  static byte[] utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return joined(new byte[] {MaskedStrings.UTF_8}, number(bytes.length), bytes);
  }

  static byte[] latin1(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return joined(new byte[] {MaskedStrings.LATIN_1}, number(bytes.length), bytes);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
