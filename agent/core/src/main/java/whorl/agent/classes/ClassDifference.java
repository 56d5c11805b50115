package whorl.agent.classes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.Attribute;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.TypePath;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;

/**
 * Compares two class files by their code. The JVM returns a loaded class with another order of
 * constants and without some attributes, so bytes may differ where the code does not.
 */
final class ClassDifference {
  private static final int PLAIN = ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;
  private static final int MEMBERS_MAX = 8;

  private ClassDifference() {}

  /**
   * Returns members that are in only one of them or differ, such as {@code doFilter(…)V}; empty if
   * they are the same.
   *
   * @throws RuntimeException if one of them is not a readable class file
   */
  static List<String> between(byte[] fromFile, byte[] current) {
    Map<String, String> before = members(fromFile);
    Map<String, String> now = members(current);
    List<String> different = new ArrayList<>();
    for (Map.Entry<String, String> member : now.entrySet()) {
      if (!member.getValue().equals(before.remove(member.getKey()))) {
        different.add(member.getKey());
      }
    }
    different.addAll(before.keySet());
    return different.size() > MEMBERS_MAX
        ? new ArrayList<>(different.subList(0, MEMBERS_MAX))
        : different;
  }

  /** Returns a digest of each member's code, and what the class extends. */
  private static Map<String, String> members(byte[] bytes) {
    Map<String, String> members = new TreeMap<>();
    ClassReader reader = new ClassReader(bytes);
    members.put("class", reader.getSuperName() + " " + String.join(" ", reader.getInterfaces()));
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public @Nullable FieldVisitor visitField(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              @Nullable Object value) {
            members.put(name + ":" + descriptor, String.valueOf(access & 0xffff));
            return null;
          }

          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            // A separate writer numbers the constants in the order of this method's code.
            ClassWriter alone = new ClassWriter(0);
            alone.visit(Opcodes.V17, 0, "Method", null, "java/lang/Object", null);
            MethodVisitor code = alone.visitMethod(access & 0xffff, name, descriptor, null, null);
            return new CodeOnly(
                code, () -> members.put(name + descriptor, Digest.of(alone.toByteArray()).hex()));
          }
        },
        PLAIN);
    return members;
  }

  /** Forwards only what is executed, not what describes it. */
  private static final class CodeOnly extends MethodVisitor {
    private final Runnable end;

    CodeOnly(MethodVisitor next, Runnable end) {
      super(Opcodes.ASM9, next);
      this.end = end;
    }

    @Override
    public @Nullable AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
      return null;
    }

    @Override
    public @Nullable AnnotationVisitor visitParameterAnnotation(
        int parameter, String descriptor, boolean visible) {
      return null;
    }

    @Override
    public @Nullable AnnotationVisitor visitTypeAnnotation(
        int reference, @Nullable TypePath path, String descriptor, boolean visible) {
      return null;
    }

    @Override
    public @Nullable AnnotationVisitor visitInsnAnnotation(
        int reference, @Nullable TypePath path, String descriptor, boolean visible) {
      return null;
    }

    @Override
    public @Nullable AnnotationVisitor visitTryCatchAnnotation(
        int reference, @Nullable TypePath path, String descriptor, boolean visible) {
      return null;
    }

    @Override
    public @Nullable AnnotationVisitor visitAnnotationDefault() {
      return null;
    }

    @Override
    public void visitAnnotableParameterCount(int count, boolean visible) {
      // Descriptive only.
    }

    @Override
    public void visitParameter(@Nullable String name, int access) {
      // Descriptive only.
    }

    @Override
    public void visitAttribute(Attribute attribute) {
      // Descriptive only.
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(0, 0);
    }

    @Override
    public void visitEnd() {
      super.visitEnd();
      end.run();
    }
  }
}
