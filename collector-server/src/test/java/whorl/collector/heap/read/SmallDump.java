package whorl.collector.heap.read;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** A heap dump of a few objects, written by hand: two equal strings that a JNI global holds. */
public final class SmallDump {
  /** Two classes, two strings, their arrays, and an array of both. */
  public static final int OBJECTS = 8;

  public static final String TEXT = "equal in both";
  private static final long OBJECT = 0x100;
  private static final long STRING = 0x200;
  private static final long STRINGS = 0x300;

  private SmallDump() {}

  /** The dump as agents store it. */
  public static byte[] gzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      out.write("JAVA PROFILE 1.0.2\0".getBytes(StandardCharsets.US_ASCII));
      out.writeInt(8);
      out.writeLong(1_700_000_000_000L);
      name(out, 1, "java/lang/Object");
      name(out, 2, "java/lang/String");
      name(out, 3, "[Ljava/lang/String;");
      name(out, 4, "value");
      name(out, 5, "coder");
      loaded(out, 1, OBJECT, 1);
      loaded(out, 2, STRING, 2);
      loaded(out, 3, STRINGS, 3);
      byte[] heap = heap();
      record(out, 0x1c, heap);
      record(out, 0x2c, new byte[0]);
    }
    return bytes.toByteArray();
  }

  private static byte[] heap() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(0x01); // JNI global
    out.writeLong(0x1000);
    out.writeLong(0);
    type(out, OBJECT, 0);
    out.writeShort(0);
    type(out, STRING, OBJECT);
    out.writeShort(2);
    out.writeLong(4);
    out.writeByte(2);
    out.writeLong(5);
    out.writeByte(8);
    type(out, STRINGS, OBJECT);
    out.writeShort(0);
    for (int i = 0; i < 2; i++) {
      out.writeByte(0x21);
      out.writeLong(0x2000 + 0x100 * i);
      out.writeInt(0);
      out.writeLong(STRING);
      out.writeInt(9);
      out.writeLong(0x3000 + 0x100 * i);
      out.writeByte(0);
      out.writeByte(0x23);
      out.writeLong(0x3000 + 0x100 * i);
      out.writeInt(0);
      out.writeInt(TEXT.length());
      out.writeByte(8);
      out.write(TEXT.getBytes(StandardCharsets.ISO_8859_1));
    }
    out.writeByte(0x22);
    out.writeLong(0x1000);
    out.writeInt(0);
    out.writeInt(2);
    out.writeLong(STRINGS);
    out.writeLong(0x2000);
    out.writeLong(0x2100);
    return bytes.toByteArray();
  }

  /** A class dump up to the number of its fields. */
  private static void type(DataOutputStream out, long id, long superclass) throws IOException {
    out.writeByte(0x20);
    out.writeLong(id);
    out.writeInt(0);
    out.writeLong(superclass);
    for (int i = 0; i < 5; i++) {
      out.writeLong(0); // loader, signers, protection domain, reserved
    }
    out.writeInt(0);
    out.writeShort(0);
    out.writeShort(0);
  }

  private static void name(DataOutputStream out, long id, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeByte(0x01);
    out.writeInt(0);
    out.writeInt(8 + utf8.length);
    out.writeLong(id);
    out.write(utf8);
  }

  private static void loaded(DataOutputStream out, int serial, long id, long name)
      throws IOException {
    out.writeByte(0x02);
    out.writeInt(0);
    out.writeInt(24);
    out.writeInt(serial);
    out.writeLong(id);
    out.writeInt(0);
    out.writeLong(name);
  }

  private static void record(DataOutputStream out, int tag, byte[] content) throws IOException {
    out.writeByte(tag);
    out.writeInt(0);
    out.writeInt(content.length);
    out.write(content);
  }
}
