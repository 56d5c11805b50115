package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

class HolderReferenceTest {
  private static byte[] calling(String owner) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "shop/Sly", null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "go", "()V", null, null);
    method.visitCode();
    method.visitLdcInsn(7L);
    method.visitInsn(Opcodes.POP2);
    method.visitLdcInsn(7.5);
    method.visitInsn(Opcodes.POP2);
    method.visitInsn(Opcodes.ACONST_NULL);
    method.visitInsn(Opcodes.ICONST_0);
    method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, "at", "([Ljava/lang/Object;I)V", false);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  @Test
  void classThatCallsTheHolder_isFound() {
    assertThat(HolderReference.isIn(calling("java/lang/WhorlHooks"))).isTrue();
  }

  @Test
  void classThatCallsAnotherClassWithANameOfTheSameLength_isNotFound() {
    assertThat(HolderReference.isIn(calling("java/lang/StringBooks"))).isFalse();
  }

  @Test
  void classWithTheNameAsStringConstant_isNotFound() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "shop/Reader", null, "java/lang/Object", null);
    writer.newConst("java/lang/WhorlHooks");
    writer.visitEnd();

    assertThat(HolderReference.isIn(writer.toByteArray())).isFalse();
  }

  @Test
  void ordinaryClass_isNotFound() throws IOException {
    try (InputStream in = String.class.getResourceAsStream("String.class")) {
      assertThat(HolderReference.isIn(in.readAllBytes())).isFalse();
    }
  }

  @Test
  void invalidClassFile_isNotFound() {
    byte[] whole = calling("java/lang/WhorlHooks");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      HolderReference.isIn(cut); // must not throw
    }
    byte[] garbage = new byte[1000];
    java.util.Arrays.fill(garbage, (byte) 0xFF);
    assertThat(HolderReference.isIn(garbage)).isFalse();
  }
}
