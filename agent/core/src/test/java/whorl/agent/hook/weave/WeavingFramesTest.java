package whorl.agent.hook.weave;

import static net.bytebuddy.jar.asm.Opcodes.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames, sizes and depths of woven methods stay within what a class file may have. */
class WeavingFramesTest {
  private static final Operand RESULT = Operand.RESULT;
  private static final Operand FIRST = Operand.argument(0);
  private static final String MADE = "whorl/made/Made";

  @BeforeEach
  void clear() {
    Recorder.clear();
  }

  /** A class with one static method, in a class file of this version. */
  private static byte[] made(int version, String descriptor, Consumer<MethodVisitor> body) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(version, ACC_PUBLIC, MADE, null, "java/lang/Object", null);
    MethodVisitor method =
        writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "made", descriptor, null, null);
    method.visitCode();
    body.accept(method);
    method.visitMaxs(0, 0);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static JoinPoint[] aroundMade() {
    return new JoinPoint[] {
      JoinPoint.entry(MADE, "made", "(", FIRST),
      JoinPoint.always(MADE, "made", "(", FIRST, RESULT, Operand.FAILURE)
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {V1_2, V1_4, V1_5, V1_6, V1_7, V1_8, V11, V17})
  void parameterSlotWithAnotherType_isReportedWithItsFirstValue(int version) throws Exception {
    // Obfuscators and optimizers use a parameter's slot for a variable of another type.
    byte[] bytes =
        made(
            version,
            "(Ljava/lang/String;)I",
            body -> {
              Label again = new Label();
              body.visitVarInsn(ALOAD, 0);
              body.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false);
              body.visitVarInsn(ISTORE, 0);
              body.visitLabel(again);
              if (version >= V1_6) {
                body.visitFrame(F_FULL, 1, new Object[] {INTEGER}, 0, new Object[0]);
              }
              body.visitIincInsn(0, 1);
              body.visitVarInsn(ILOAD, 0);
              body.visitIntInsn(BIPUSH, 10);
              body.visitJumpInsn(IF_ICMPLT, again);
              body.visitVarInsn(ILOAD, 0);
              body.visitInsn(IRETURN);
            });
    WovenClass woven = WovenClass.of(bytes, aroundMade());

    Object made = woven.load().getMethod("made", String.class).invoke(null, "abc");
    assertThat(made).isEqualTo(10);
    assertThat(Recorder.RECORDED).containsExactly("1 [abc]", "2 [abc, 10, null]");
  }

  @Test
  void parameterThatAFrameOmits_isReported() throws Exception {
    byte[] bytes =
        made(
            V17,
            "(Ljava/lang/String;I)I",
            body -> {
              Label end = new Label();
              body.visitVarInsn(ILOAD, 1);
              body.visitJumpInsn(IFEQ, end);
              body.visitLabel(end);
              body.visitFrame(F_FULL, 2, new Object[] {TOP, INTEGER}, 0, new Object[0]);
              body.visitVarInsn(ILOAD, 1);
              body.visitInsn(IRETURN);
            });
    WovenClass woven = WovenClass.of(bytes, aroundMade());

    woven.load().getMethod("made", String.class, int.class).invoke(null, "abc", 3);
    assertThat(Recorder.RECORDED).containsExactly("1 [abc]", "2 [abc, 3, null]");
  }

  @ParameterizedTest
  @ValueSource(ints = {V1_2, V1_4})
  void subroutines_ofOldClassFiles_areWoven(int version) throws Exception {
    byte[] bytes =
        made(
            version,
            "(I)I",
            body -> {
              Label subroutine = new Label();
              body.visitJumpInsn(JSR, subroutine);
              body.visitJumpInsn(JSR, subroutine);
              body.visitVarInsn(ILOAD, 0);
              body.visitInsn(IRETURN);
              body.visitLabel(subroutine);
              body.visitVarInsn(ASTORE, 3);
              body.visitIincInsn(0, 5);
              body.visitVarInsn(RET, 3);
            });
    WovenClass woven = WovenClass.of(bytes, aroundMade());

    assertThat(woven.load().getMethod("made", int.class).invoke(null, 1)).isEqualTo(11);
    assertThat(Recorder.RECORDED).containsExactly("1 [1]", "2 [1, 11, null]");
  }

  @ParameterizedTest
  @ValueSource(ints = {7_990, 65_500})
  void methodThatWouldBecomeTooLong_isNotWovenButReported(int length) throws Exception {
    byte[] bytes =
        made(
            V17,
            "(I)I",
            body -> {
              for (int i = 0; i < length; i++) {
                body.visitInsn(NOP);
              }
              body.visitVarInsn(ILOAD, 0);
              body.visitInsn(IRETURN);
            });
    WovenClass woven = WovenClass.of(bytes, aroundMade());

    assertThat(woven.woven()).isNull();
    assertThat(woven.notFound())
        .hasSize(1)
        .allMatch(
            problem -> problem.contains("the method has no room") || problem.contains("too long"));
    assertThat(woven.load().getMethod("made", int.class).invoke(null, 1)).isEqualTo(1);
  }

  @Test
  void methodThatIsAlreadyTooLong_isWoven() throws Exception {
    byte[] bytes =
        made(
            V17,
            "(I)I",
            body -> {
              for (int i = 0; i < 9_000; i++) {
                body.visitInsn(NOP);
              }
              body.visitVarInsn(ILOAD, 0);
              body.visitInsn(IRETURN);
            });

    assertThat(WovenClass.of(bytes, aroundMade()).notFound()).isEmpty();
  }

  @Test
  void valuesBelowTheResultOnTheStack_doNoHarm() throws Exception {
    byte[] bytes =
        made(
            V17,
            "(J)J",
            body -> {
              body.visitInsn(ICONST_1);
              body.visitInsn(ACONST_NULL);
              body.visitVarInsn(LLOAD, 0);
              body.visitInsn(LRETURN);
            });
    Recorder.failure = new StackOverflowError("of the agent's");

    assertThat(
            WovenClass.of(bytes, aroundMade())
                .load()
                .getMethod("made", long.class)
                .invoke(null, 4L))
        .isEqualTo(4L);
    assertThat(Recorder.missed).isEqualTo(2);
  }

  /** Recurses until the stack overflows, and returns the depth. */
  public static final class Deep implements Callable<Integer> {
    private int depth;

    @Override
    public Integer call() {
      try {
        deeper();
      } catch (StackOverflowError end) {
        return depth;
      }
      return -1;
    }

    private int deeper() {
      depth++;
      return deeper() + last(depth);
    }

    private static int last(int depth) {
      return depth;
    }
  }

  @Test
  void stackOverflow_endsAsWithoutTheAgent() throws Exception {
    String owner = WovenClass.nameOf(Deep.class);
    WovenClass woven =
        WovenClass.of(
            WovenClass.bytesOf(Deep.class), JoinPoint.entry(owner, "deeper", "(", Operand.SELF));
    Callable<?> deep = (Callable<?>) woven.load().getConstructor().newInstance();

    assertThat((Integer) deep.call()).isPositive();
  }
}
