package whorl.agent.hook.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/**
 * A class of this test is woven, with the holder's calls redirected to a recorder, and run, so the
 * verifier checks the woven code.
 */
class TaskWeavingTest {
  private static final String POOL = Pool.class.getName().replace('.', '/');

  /** The class that woven code calls here. */
  public static final class Recorder {
    public static final List<String> RECORDED = new ArrayList<>();

    private Recorder() {}

    public static void task(Object task, int what) {
      RECORDED.add(what + " " + task);
    }
  }

  /** The class to weave. */
  public static final class Pool implements Runnable {
    private final Runnable kept;

    public Pool(Runnable kept) {
      this.kept = kept;
    }

    @Override
    public void run() {
      long before = 3;
      String around = "text";
      for (int i = 0; i < 2; i++) {
        try {
          Recorder.RECORDED.add("beforeExecute");
          kept.run();
          Recorder.RECORDED.add("afterExecute");
        } catch (IllegalArgumentException failure) {
          Recorder.RECORDED.add("caught");
        }
      }
      Recorder.RECORDED.add(around + before);
    }
  }

  private static Runnable woven(Runnable kept, JoinPoint... points) throws Exception {
    Recorder.RECORDED.clear();
    Weaver weaver = new Weaver();
    for (JoinPoint point : points) {
      weaver.add(point, 1);
    }
    byte[] bytes;
    try (InputStream in = TaskWeavingTest.class.getResourceAsStream("TaskWeavingTest$Pool.class")) {
      bytes = weaver.weave(POOL, in.readAllBytes());
    }
    assertThat(weaver.notWoven()).isEmpty();
    return (Runnable)
        new Loader(turned(bytes))
            .loadClass(Pool.class.getName())
            .getConstructor(Runnable.class)
            .newInstance(kept);
  }

  private static byte[] turned(byte[] bytes) {
    ClassWriter writer = new ClassWriter(0);
    String recorder = Recorder.class.getName().replace('.', '/');
    ClassVisitor turning =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(
                Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
              @Override
              public void visitMethodInsn(
                  int opcode, String owner, String called, String type, boolean isInterface) {
                String turned = owner.equals(HolderCalls.HOLDER) ? recorder : owner;
                super.visitMethodInsn(opcode, turned, called, type, isInterface);
              }
            };
          }
        };
    new ClassReader(bytes).accept(turning, 0);
    return writer.toByteArray();
  }

  private static final class Loader extends ClassLoader {
    private final byte[] pool;

    Loader(byte[] pool) {
      super(TaskWeavingTest.class.getClassLoader());
      this.pool = pool;
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
      return name.equals(Pool.class.getName())
          ? defineClass(name, pool, 0, pool.length)
          : super.loadClass(name);
    }
  }

  private static JoinPoint aroundRun() {
    return JoinPoint.aroundCall(
        POOL, "run", "(", new JoinPoint.Call("java/lang/Runnable", "run", "()V"));
  }

  private static Runnable named(String name, Runnable does) {
    return new Runnable() {
      @Override
      public void run() {
        does.run();
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  @Test
  void aroundCall_reportsReceiverBeforeAndNullAfter() throws Exception {
    woven(named("task", () -> Recorder.RECORDED.add("runs")), aroundRun()).run();

    List<String> once = List.of("beforeExecute", "1 task", "runs", "2 null", "afterExecute");
    List<String> all = new ArrayList<>(once);
    all.addAll(once);
    all.add("text3");
    assertThat(Recorder.RECORDED).isEqualTo(all);
  }

  @Test
  void aroundCall_callThatThrows_reachesTheMethodsHandlers() throws Exception {
    Runnable failing =
        named(
            "task",
            () -> {
              throw new IllegalArgumentException();
            });
    woven(failing, aroundRun()).run();

    assertThat(Recorder.RECORDED)
        .containsExactly(
            "beforeExecute", "1 task", "caught", "beforeExecute", "1 task", "caught", "text3");
  }

  @Test
  void task_isReportedOnEntryAndOnExit_alsoAfterAFailure() throws Exception {
    Runnable failing =
        named(
            "task",
            () -> {
              throw new IllegalStateException("expected failure");
            });
    Operand kept = new Operand.SelfField("kept", "Ljava/lang/Runnable;");
    Runnable pool =
        woven(
            failing,
            JoinPoint.task(POOL, "run", "()", JoinPoint.When.ENTRY, kept),
            JoinPoint.task(POOL, "run", "()", JoinPoint.When.RETURN_OR_FAILURE, kept));

    assertThatThrownBy(pool::run).hasMessage("expected failure");

    assertThat(Recorder.RECORDED).containsExactly("1 task", "beforeExecute", "1 task");
  }

  @Test
  void missingCall_isReported() {
    Weaver weaver = new Weaver();
    weaver.add(
        JoinPoint.aroundCall(
            POOL, "run", "(", new JoinPoint.Call("java/lang/Runnable", "walk", "()V")),
        1);
    try (InputStream in = TaskWeavingTest.class.getResourceAsStream("TaskWeavingTest$Pool.class")) {
      weaver.weave(POOL, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }

    assertThat(weaver.notWoven()).hasSize(1);
  }
}
