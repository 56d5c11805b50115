package whorl.collector.blinding;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Class files of interfaces without members, written by hand (JVMS 4.1). */
final class Bytes {
  private static final int MAGIC = 0xCAFEBABE;
  private static final int JAVA_17 = 61;
  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int INTERFACE = 0x0600;

  private Bytes() {}

  /**
   * @param name internal, with slashes
   */
  static byte[] empty(String name) throws IOException {
    return file(name, "java/lang/Object");
  }

  /** The same, with one constant more: the holder class. */
  static byte[] naming(String name) throws IOException {
    return file(name, "java/lang/Object", "java/lang/WhorlHooks");
  }

  private static byte[] file(String name, String parent, String... more) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeShort(0);
    out.writeShort(JAVA_17);
    out.writeShort(5 + 2 * more.length);
    text(out, name);
    type(out, 1);
    text(out, parent);
    type(out, 3);
    for (int i = 0; i < more.length; i++) {
      text(out, more[i]);
      type(out, 5 + 2 * i);
    }
    out.writeShort(INTERFACE);
    out.writeShort(2);
    out.writeShort(4);
    for (int i = 0; i < 4; i++) { // no interfaces, fields, methods, attributes
      out.writeShort(0);
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.writeByte(UTF8);
    out.writeUTF(text);
  }

  private static void type(DataOutputStream out, int name) throws IOException {
    out.writeByte(CLASS);
    out.writeShort(name);
  }
}
