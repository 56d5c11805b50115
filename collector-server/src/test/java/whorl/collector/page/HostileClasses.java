package whorl.collector.page;

import java.util.Random;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Ordinary and hostile class files. */
final class HostileClasses {
  private HostileClasses() {}

  static byte[] named(String internalName) {
    ClassWriter writer = newClass(internalName);
    MethodVisitor method =
        writer.visitMethod(
            Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
            "greeting",
            "()Ljava/lang/String;",
            null,
            null);
    method.visitCode();
    method.visitLdcInsn("hello from " + internalName);
    method.visitInsn(Opcodes.ARETURN);
    method.visitMaxs(1, 0);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** Returns a class with arbitrary jumps, which no Java loop or branch can express. */
  static byte[] tangled(int places) {
    Random random = new Random(1);
    ClassWriter writer = newClass("Tangled");
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "tangle", "(I)V", null, null);
    method.visitCode();
    Label[] labels = new Label[places];
    for (int i = 0; i < places; i++) {
      labels[i] = new Label();
    }
    for (int i = 0; i < places; i++) {
      method.visitLabel(labels[i]);
      method.visitIincInsn(0, i % 100);
      method.visitVarInsn(Opcodes.ILOAD, 0);
      method.visitJumpInsn(Opcodes.IFGT, labels[random.nextInt(places)]);
    }
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(1, 1);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** Returns a class with as many constants as fit. */
  static byte[] stuffed() {
    ClassWriter writer = newClass("Stuffed");
    for (int i = 0; i < 32_000; i++) {
      writer
          .visitField(Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, "f" + i, "J", null, (long) i)
          .visitEnd();
      if (i % 1000 == 0 && writer.toByteArray().length > 1 << 20) {
        break;
      }
      if (i > 15_000) {
        break;
      }
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static ClassWriter newClass(String internalName) {
    ClassWriter writer = new ClassWriter(0);
    // a version that needs no stack map frames
    writer.visit(Opcodes.V1_5, Opcodes.ACC_PUBLIC, internalName, null, "java/lang/Object", null);
    return writer;
  }
}
