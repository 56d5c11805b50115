package com.example.heap;

import com.example.heap.Secrets.Form;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Writes a class file whose constants are secrets: {@code static final String f0 = "…"}, … */
public final class Literals {
  private static final int MAGIC = 0xCAFEBABE;
  private static final int JAVA_17 = 61;
  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int STRING = 8;
  private static final int PUBLIC_FINAL_SUPER = 0x31;
  private static final int PUBLIC_STATIC_FINAL = 0x19;

  private Literals() {}

  /** The path of the class in its jar. */
  public static String entryName() {
    return HeapApp.LITERALS_CLASS.replace('.', '/') + ".class";
  }

  /** The class with the secrets of this seed. */
  public static byte[] classFile(long seed) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeInt(JAVA_17);
    // 1, 2: this class; 3, 4: Object; 5: the type; 6: the attribute; then three a constant
    out.writeShort(7 + 3 * Secrets.EACH);
    name(out, HeapApp.LITERALS_CLASS.replace('.', '/'));
    reference(out, CLASS, 1);
    name(out, "java/lang/Object");
    reference(out, CLASS, 3);
    name(out, "Ljava/lang/String;");
    name(out, "ConstantValue");
    for (int i = 0; i < Secrets.EACH; i++) {
      name(out, "f" + i);
      name(out, Secrets.secret(seed, Form.LITERAL, i));
      reference(out, STRING, 8 + 3 * i);
    }
    out.writeShort(PUBLIC_FINAL_SUPER);
    out.writeShort(2);
    out.writeShort(4);
    out.writeShort(0);
    out.writeShort(Secrets.EACH);
    for (int i = 0; i < Secrets.EACH; i++) {
      out.writeShort(PUBLIC_STATIC_FINAL);
      out.writeShort(7 + 3 * i);
      out.writeShort(5);
      out.writeShort(1);
      out.writeShort(6);
      out.writeInt(2);
      out.writeShort(9 + 3 * i);
    }
    out.writeShort(0);
    out.writeShort(0);
    return bytes.toByteArray();
  }

  private static void name(DataOutputStream out, String text) throws IOException {
    out.writeByte(UTF8);
    out.writeUTF(text);
  }

  private static void reference(DataOutputStream out, int tag, int index) throws IOException {
    out.writeByte(tag);
    out.writeShort(index);
  }
}
