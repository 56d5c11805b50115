package whorl.agent.hook;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * A class loader for one class of no use, by whose loading it is seen whether transformers are
 * asked. To change a class that is loaded would show the same and stops the application, for tens
 * of milliseconds on 17; this is given back with the next classes that are.
 */
final class Probe extends ClassLoader {
  private static final String NAME = "whorl/agent/hook/Probed";

  private volatile boolean asked;

  private Probe() {
    super(null);
  }

  /** Whether a transformer that tells probes of their classes was asked about one. */
  static boolean isAsked() {
    ClassWriter writer = new ClassWriter(0);
    int access = Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT | Opcodes.ACC_SYNTHETIC;
    writer.visit(Opcodes.V17, access, NAME, null, "java/lang/Object", null);
    writer.visitEnd();
    byte[] bytes = writer.toByteArray();
    Probe probe = new Probe();
    probe.defineClass(NAME.replace('/', '.'), bytes, 0, bytes.length);
    return probe.asked;
  }

  /** A transformer is asked about the class. */
  void asked() {
    asked = true;
  }
}
