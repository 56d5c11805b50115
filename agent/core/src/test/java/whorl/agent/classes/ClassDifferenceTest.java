package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

class ClassDifferenceTest {
  /** A sample class. */
  static final class Subject {
    private final int number;

    Subject(int number) {
      this.number = number;
    }

    String text() {
      return "before " + number;
    }

    @Deprecated
    Runnable lambda() {
      return () -> System.out.println(text());
    }
  }

  @Test
  void between_otherConstantOrderAndNoDebugInfo_isEmpty() throws IOException {
    byte[] filed = filed();
    ClassWriter fresh = new ClassWriter(0);
    new ClassReader(filed).accept(fresh, ClassReader.SKIP_DEBUG);

    assertThat(fresh.toByteArray()).isNotEqualTo(filed);
    assertThat(ClassDifference.between(filed, fresh.toByteArray())).isEmpty();
  }

  @Test
  void between_oneMethodsCode_isThatMethod() throws IOException {
    byte[] filed = filed();
    ClassWriter changed = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    new ClassReader(filed)
        .accept(
            new ClassVisitor(Opcodes.ASM9, changed) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                MethodVisitor next = super.visitMethod(access, name, descriptor, signature, thrown);
                if (!name.equals("text")) {
                  return next;
                }
                next.visitCode();
                next.visitLdcInsn("after");
                next.visitInsn(Opcodes.ARETURN);
                next.visitMaxs(0, 0);
                next.visitEnd();
                return null;
              }
            },
            0);

    assertThat(ClassDifference.between(filed, changed.toByteArray()))
        .containsExactly("text()Ljava/lang/String;");
  }

  @Test
  void between_anAddedMethod_isThatMethod() throws IOException {
    byte[] filed = filed();
    ClassWriter changed = new ClassWriter(0);
    new ClassReader(filed).accept(changed, 0);
    MethodVisitor added = changed.visitMethod(Opcodes.ACC_PUBLIC, "more", "()V", null, null);
    added.visitCode();
    added.visitInsn(Opcodes.RETURN);
    added.visitMaxs(0, 1);
    added.visitEnd();

    assertThat(ClassDifference.between(filed, changed.toByteArray())).containsExactly("more()V");
  }

  private static byte[] filed() throws IOException {
    try (var in =
        ClassDifferenceTest.class.getResourceAsStream("ClassDifferenceTest$Subject.class")) {
      return in.readAllBytes();
    }
  }
}
