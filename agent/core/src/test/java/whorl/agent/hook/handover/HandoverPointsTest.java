package whorl.agent.hook.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.Weaver;

class HandoverPointsTest {
  private static final String FORK_JOIN_TASK = "java/util/concurrent/ForkJoinTask";
  private static final String TASK = "L" + FORK_JOIN_TASK + ";";

  private final Weaver weaver = new Weaver();

  /**
   * A thread that runs such a task works for no request meanwhile, unless the task was noted. So a
   * task that the thread of a request runs at once, as for a parallel stream, is noted too.
   */
  @Test
  void tasksOfPools_areNotedWhereverTheyBegin() throws IOException {
    HandoverPoints.addTo(weaver);

    assertThat(methodsWithACall(weaver.weave(FORK_JOIN_TASK, classFile(FORK_JOIN_TASK))))
        .contains("doExec()", "fork()", "invoke()", "quietlyInvoke()")
        .contains("invokeAll(" + TASK + TASK + ")", "invokeAll([" + TASK + ")")
        .contains("invokeAll(Ljava/util/Collection;)");
  }

  private static byte[] classFile(String name) throws IOException {
    try (InputStream in = Object.class.getModule().getResourceAsStream(name + ".class")) {
      return in.readAllBytes();
    }
  }

  /** Names and parameters of the methods in which the holder class is called with a task. */
  private static Set<String> methodsWithACall(byte @Nullable [] woven) {
    Set<String> methods = new TreeSet<>();
    new ClassReader(woven)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitMethodInsn(
                      int opcode, String owner, String called, String type, boolean isInterface) {
                    if (owner.equals("java/lang/WhorlHooks") && called.equals("task")) {
                      methods.add(name + descriptor.substring(0, descriptor.indexOf(')') + 1));
                    }
                  }
                };
              }
            },
            ClassReader.SKIP_DEBUG);
    return methods;
  }
}
