package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.probe.TestInstrumentation;

class CurrentBytesTest {
  private final List<Boolean> unobserved = new CopyOnWriteArrayList<>();

  private static final class Plain {}

  /** The application's loader, which does not find what a class needs. */
  private final class Loader extends ClassLoader {
    Class<?> wanted() {
      byte[] bytes = wantedBytes();
      return defineClass(null, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> findClass(String name) {
      unobserved.add(ThreadState.busyNow());
      throw new NoClassDefFoundError(name);
    }
  }

  @Test
  void of_classThatCannotBeLinked_isLeftOut_andItsLoaderIsAskedWhileObserved() throws Exception {
    Class<?> wanted = new Loader().wanted();
    CurrentBytes current = new CurrentBytes(TestInstrumentation.get());
    Map<Class<?>, byte[]> bytes;
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true); // as a thread of the agent is
    try {
      bytes = current.of(Set.of(wanted, Plain.class));
    } finally {
      ThreadState.busy(state, false);
    }

    assertThat(bytes).containsOnlyKeys(Plain.class);
    assertThat(unobserved).isNotEmpty().doesNotContain(true);
  }

  /** The JVM verifies it when it links it, and loads the class that is returned to do so. */
  private static byte[] wantedBytes() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "acme/Wanted", null, "java/lang/Object", null);
    MethodVisitor method =
        writer.visitMethod(Opcodes.ACC_STATIC, "f", "(Lacme/Sub;)Lacme/Base;", null, null);
    method.visitCode();
    method.visitVarInsn(Opcodes.ALOAD, 0);
    method.visitInsn(Opcodes.ARETURN);
    method.visitMaxs(1, 1);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }
}
