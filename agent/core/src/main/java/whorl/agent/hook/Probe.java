package whorl.agent.hook;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * A class loader for one unused class. Loading it shows whether the JVM calls transformers.
 * Retransforming a loaded class would show the same but pauses the application, for tens of
 * milliseconds on JDK 17. The class is unloaded with the next class unloading.
 */
final class Probe extends ClassLoader {
  private static final String NAME = "whorl/agent/hook/Probed";

  private volatile boolean called;

  private Probe() {
    super(null);
  }

  /** True if a transformer that reports to probes was called for one. */
  static boolean transformerIsCalled() {
    ClassWriter writer = new ClassWriter(0);
    int access = Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT | Opcodes.ACC_SYNTHETIC;
    writer.visit(Opcodes.V17, access, NAME, null, "java/lang/Object", null);
    writer.visitEnd();
    byte[] bytes = writer.toByteArray();
    Probe probe = new Probe();
    probe.defineClass(NAME.replace('/', '.'), bytes, 0, bytes.length);
    return probe.called;
  }

  /** A transformer is called for the class. */
  void transformerCalled() {
    called = true;
  }
}
