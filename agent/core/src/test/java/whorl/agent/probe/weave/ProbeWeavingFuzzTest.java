package whorl.agent.probe.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/** Class files of the application: what cannot be woven stays as it is. */
class ProbeWeavingFuzzTest {
  private static final int NUMBER = 4_711;

  /** ASM may throw any runtime exception for what is not a class file; the caller expects that. */
  @FuzzTest
  void anyClassFile_isWovenOrNot(byte[] input) {
    byte[] before = input.clone();
    ProbeWeaving.Result result;
    try {
      // Methods that are not woven are copied unread, so all must be readable before.
      boolean unused = ProbeWeaving.isWoven(input, NUMBER, NUMBER + 1);
      result = ProbeWeaving.weave(input, firstMethod(input), null, 20, method -> NUMBER);
    } catch (RuntimeException noClassFile) {
      return;
    }
    assertThat(input).isEqualTo(before);
    byte[] woven = result.bytes();
    assertThat(woven == null).isEqualTo(result.methods().isEmpty());
    if (woven != null) {
      assertThat(ProbeWeaving.isWoven(woven, NUMBER, NUMBER + 1)).isTrue();
    } else {
      assertThat(result.problems()).isNotEmpty();
    }
  }

  private static String firstMethod(byte[] classFile) {
    String[] first = {"none"};
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public @Nullable MethodVisitor visitMethod(
                  int access,
                  String name,
                  String descriptor,
                  @Nullable String signature,
                  String @Nullable [] exceptions) {
                first[0] = name.startsWith("<") ? first[0] : name;
                return null;
              }
            },
            ClassReader.SKIP_CODE);
    return first[0];
  }
}
