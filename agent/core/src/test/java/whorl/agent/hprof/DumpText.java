package whorl.agent.hprof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A dump as lines to compare, parsed by code that is independent of the tested code. */
final class DumpText {
  private final ByteBuffer in;
  private final List<String> lines = new ArrayList<>();
  private int idBytes;

  private DumpText(byte[] dump) {
    this.in = ByteBuffer.wrap(dump);
  }

  static List<String> of(byte[] dump) {
    DumpText text = new DumpText(dump);
    text.head();
    while (text.in.hasRemaining()) {
      text.record();
    }
    return text.lines;
  }

  private void head() {
    byte[] format = new byte[19];
    in.get(format);
    idBytes = in.getInt();
    lines.add(new String(format, 0, 18, StandardCharsets.US_ASCII) + " ids " + idBytes);
    in.getLong();
  }

  private void record() {
    int tag = in.get() & 0xFF;
    in.getInt();
    int length = in.getInt();
    int end = in.position() + length;
    switch (tag) {
      case 0x01 -> {
        long id = id();
        lines.add("utf8 " + id + " " + text(end));
      }
      case 0x02 -> lines.add("load " + in.getInt() + " class " + id() + after(in.getInt()) + id());
      case 0x04 ->
          lines.add("frame " + id() + ": " + id() + " " + id() + " " + id() + " of " + ints(2));
      case 0x05 -> {
        StringBuilder line = new StringBuilder("trace " + in.getInt() + " of " + in.getInt());
        int frames = in.getInt();
        for (int i = 0; i < frames; i++) {
          line.append(' ').append(id());
        }
        lines.add(line.toString());
      }
      case 0x1C, 0x0C -> {
        lines.add("segment");
        while (in.position() < end) {
          subRecord();
        }
      }
      case 0x2C -> lines.add("end");
      default -> throw new AssertionError("record " + tag + " at " + in.position());
    }
    if (in.position() != end) {
      throw new AssertionError("record " + tag + " ends at " + in.position() + ", not " + end);
    }
  }

  private void subRecord() {
    int tag = in.get() & 0xFF;
    switch (tag) {
      case 0xFF, 0x05, 0x07 -> lines.add("root " + tag + " " + id());
      case 0x01 -> lines.add("root 1 " + id() + " " + id());
      case 0x04, 0x06 -> lines.add("root " + tag + " " + id() + " " + in.getInt());
      case 0x02, 0x03, 0x08 -> lines.add("root " + tag + " " + id() + " " + ints(2));
      case 0x20 -> classDump();
      case 0x21 -> {
        long id = id();
        in.getInt();
        long type = id();
        lines.add("instance " + id + " of " + type + " " + hex(in.getInt()));
      }
      case 0x22 -> {
        StringBuilder line = new StringBuilder("objects " + id() + after(in.getInt()));
        int count = in.getInt();
        line.append("of ").append(id()).append(':');
        for (int i = 0; i < count; i++) {
          line.append(' ').append(id());
        }
        lines.add(line.toString());
      }
      case 0x23 -> {
        long id = id();
        in.getInt();
        int count = in.getInt();
        int type = in.get();
        lines.add("primitives " + id + " type " + type + " " + hex(count * size(type)));
      }
      default -> throw new AssertionError("sub-record " + tag + " at " + in.position());
    }
  }

  private void classDump() {
    StringBuilder line = new StringBuilder("class " + id() + after(in.getInt()) + "super " + id());
    for (int i = 0; i < 5; i++) {
      id();
    }
    in.getInt();
    for (int i = in.getShort(); i > 0; i--) {
      line.append(" constant ").append(in.getShort()).append('=').append(hex(size(in.get())));
    }
    for (int i = in.getShort(); i > 0; i--) {
      line.append(" static ").append(id()).append('=').append(hex(size(in.get())));
    }
    for (int i = in.getShort(); i > 0; i--) {
      line.append(" field ").append(id()).append(':').append(in.get());
    }
    lines.add(line.toString());
  }

  private int size(int type) {
    return switch (type) {
      case 2 -> idBytes;
      case 4, 8 -> 1;
      case 5, 9 -> 2;
      case 6, 10 -> 4;
      case 7, 11 -> 8;
      default -> throw new AssertionError("type " + type);
    };
  }

  private long id() {
    return idBytes == 4 ? in.getInt() & 0xFFFF_FFFFL : in.getLong();
  }

  private String ints(int count) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < count; i++) {
      line.append(i == 0 ? "" : " ").append(in.getInt());
    }
    return line.toString();
  }

  private String text(int end) {
    byte[] bytes = new byte[end - in.position()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String hex(int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Replaces a number that is not shown. */
  private static String after(int ignored) {
    return " ";
  }
}
