package whorl.agent.heap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import whorl.agent.hprof.PassResult;

/**
 * Passes a small generated dump through the filter, again and again, while the reader waits for its
 * connection, so that the code is compiled before the application is paused.
 */
final class ReaderWarmup {
  private static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final int OBJECTS = 6_000;
  private static final int ARRAY_BYTES = 48;
  private static final int STRING_FIELDS_BYTES = 8 + 4;
  private static final long FIRST_OBJECT = 0x7_0000_0000L;

  private ReaderWarmup() {}

  /**
   * Takes some tenths of a second.
   *
   * @return the last pass's result
   * @throws IOException if the generated dump cannot be passed
   */
  static PassResult run(HeapFilter filter) throws IOException, InterruptedException {
    byte[] dump = dump();
    long end = System.nanoTime() + LIMIT_NANOS;
    PassResult result;
    do {
      result =
          filter.pass(
              new ByteArrayInputStream(dump),
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream());
    } while (System.nanoTime() - end < 0);
    return result;
  }

  /** Strings and their arrays, in HotSpot's form. */
  private static byte[] dump() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
    DataOutputStream out = new DataOutputStream(bytes);
    out.write("JAVA PROFILE 1.0.2\0".getBytes(StandardCharsets.US_ASCII));
    out.writeInt(Long.BYTES);
    out.writeLong(0);
    name(out, 1, "java/lang/Object");
    name(out, 2, "java/lang/String");
    name(out, 3, "value");
    name(out, 4, "hash");
    loaded(out, 1, 101, 1);
    loaded(out, 2, 102, 2);
    record(out, 0x05, 3 * Integer.BYTES);
    out.writeInt(1);
    out.writeInt(0);
    out.writeInt(0);
    byte[] objects = objects();
    record(out, 0x1c, objects.length);
    out.write(objects);
    record(out, 0x2c, 0);
    return bytes.toByteArray();
  }

  private static byte[] objects() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
    DataOutputStream out = new DataOutputStream(bytes);
    described(out, 101, 0, 0);
    out.writeShort(0);
    described(out, 102, 101, STRING_FIELDS_BYTES);
    out.writeShort(2);
    out.writeLong(3);
    out.writeByte(2);
    out.writeLong(4);
    out.writeByte(10);
    for (int i = 0; i < OBJECTS; i++) {
      long text = FIRST_OBJECT + i * 96L;
      out.writeByte(0x21);
      out.writeLong(text);
      out.writeInt(1);
      out.writeLong(102);
      out.writeInt(STRING_FIELDS_BYTES);
      out.writeLong(text + 24);
      out.writeInt(i);
      out.writeByte(0x23);
      out.writeLong(text + 24);
      out.writeInt(1);
      out.writeInt(ARRAY_BYTES);
      out.writeByte(8);
      out.write(new byte[ARRAY_BYTES]);
      out.writeByte(0x22);
      out.writeLong(text + 80);
      out.writeInt(1);
      out.writeInt(1);
      out.writeLong(101);
      out.writeLong(text);
    }
    return bytes.toByteArray();
  }

  private static void name(DataOutputStream out, long id, String name) throws IOException {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    record(out, 0x01, Long.BYTES + utf8.length);
    out.writeLong(id);
    out.write(utf8);
  }

  private static void loaded(DataOutputStream out, int serial, long id, long name)
      throws IOException {
    record(out, 0x02, 2 * Integer.BYTES + 2 * Long.BYTES);
    out.writeInt(serial);
    out.writeLong(id);
    out.writeInt(1);
    out.writeLong(name);
  }

  /** Writes the class dump up to the instance fields. */
  private static void described(DataOutputStream out, long id, long above, int instanceBytes)
      throws IOException {
    out.writeByte(0x20);
    out.writeLong(id);
    out.writeInt(1);
    out.writeLong(above);
    for (int i = 0; i < 5; i++) {
      out.writeLong(0);
    }
    out.writeInt(instanceBytes);
    out.writeShort(0);
    out.writeShort(0);
  }

  private static void record(DataOutputStream out, int tag, int length) throws IOException {
    out.writeByte(tag);
    out.writeInt(0);
    out.writeInt(length);
  }
}
