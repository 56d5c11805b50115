package whorl.agent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;

class OriginsTest {
  private final List<Boolean> unobserved = new ArrayList<>();

  /** The application's class of errors, which the JVM passes on. */
  private static final class Refused extends VirtualMachineError {
    private static final long serialVersionUID = 1L;
  }

  /** The application's loader. */
  private final class Loader extends ClassLoader {
    Loader() {
      super(OriginsTest.class.getClassLoader());
    }

    Class<?> define(byte[] bytes) {
      return defineClass(null, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> findClass(String name) {
      unobserved.add(ThreadState.busyNow());
      throw new Refused();
    }
  }

  @Test
  void answeringClass_loaderThatIsAskedForTheHostOfANest_isObserved() throws Exception {
    Class<?> first = new Loader().define(withLookup());
    Class<?> hidden =
        ((MethodHandles.Lookup) first.getMethod("lookup").invoke(null))
            .defineHiddenClass(ofNest("acme/Unloaded"), false)
            .lookupClass();
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true); // as a thread of the agent is
    Class<?> answering;
    try {
      answering = Origins.answeringClass(hidden);
    } finally {
      ThreadState.busy(state, false);
    }

    assertThat(unobserved).containsExactly(false);
    assertThat(answering).isSameAs(hidden);
  }

  private static byte[] ofNest(String host) {
    ClassWriter writer = writer("acme/Hidden");
    writer.visitNestHost(host);
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** A class that gives its own look-up away. */
  private static byte[] withLookup() {
    ClassWriter writer = writer("acme/First");
    int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC;
    String handles = "java/lang/invoke/MethodHandles";
    String descriptor = "()L" + handles + "$Lookup;";
    MethodVisitor lookup = writer.visitMethod(access, "lookup", descriptor, null, null);
    lookup.visitCode();
    lookup.visitMethodInsn(Opcodes.INVOKESTATIC, handles, "lookup", descriptor, false);
    lookup.visitInsn(Opcodes.ARETURN);
    lookup.visitMaxs(1, 0);
    lookup.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static ClassWriter writer(String name) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
    return writer;
  }
}
