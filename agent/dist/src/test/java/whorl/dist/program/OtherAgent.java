package whorl.dist.program;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

/** A second agent, which gives a class of the JDK its original bytes back. */
public final class OtherAgent {
  private static Instrumentation instrumentation;

  private OtherAgent() {}

  /** The agent's start. */
  public static void premain(String arguments, Instrumentation given) {
    instrumentation = given;
  }

  static void undo(Class<?> type, Undone meanwhile) throws Exception {
    byte[] original;
    try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      if (in == null) {
        throw new IOException("no class file of " + type);
      }
      original = in.readAllBytes();
    }
    ClassFileTransformer transformer =
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader,
              String name,
              Class<?> redefined,
              ProtectionDomain domain,
              byte[] bytes) {
            return redefined == type ? original : null;
          }
        };
    instrumentation.addTransformer(transformer, true);
    instrumentation.retransformClasses(type);
    meanwhile.happen();
    instrumentation.removeTransformer(transformer);
  }

  /** What happens meanwhile. */
  interface Undone {
    void happen() throws Exception;
  }
}
