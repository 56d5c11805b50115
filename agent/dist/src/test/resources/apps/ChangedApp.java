import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;

/**
 * A second agent changes one class by handing in new bytes, another by a transformer, a third by
 * a transformer that it removes again.
 */
public final class ChangedApp {
  private static Instrumentation instrumentation;

  public static void premain(String arguments, Instrumentation given) {
    instrumentation = given;
  }

  public static void main(String[] args) throws Exception {
    new org.apache.catalina.valves.ErrorReportValve();
    Class<?> chain = Class.forName("org.apache.catalina.core.ApplicationFilterChain");
    Class<?> valve = Class.forName("org.apache.catalina.core.StandardWrapperValve");
    Class<?> host = Class.forName("org.apache.catalina.core.StandardHostValve");
    Class<?> untouched = Class.forName("org.apache.catalina.core.StandardContextValve");
    if (Injected.attacked()) {
      byte[] changed = changed(chain);
      Files.write(Path.of(System.getProperty("shells"), "Chain.class"), changed);
      instrumentation.redefineClasses(new ClassDefinition(chain, changed));
      instrumentation.addTransformer(changing(valve, "Valve"), true);
      ClassFileTransformer once = changing(host, "Host");
      instrumentation.addTransformer(once, true);
      instrumentation.retransformClasses(host);
      instrumentation.removeTransformer(once);
    }
    instrumentation.retransformClasses(valve, untouched);
    Injected.alertAndWait(args[0]);
  }

  private static ClassFileTransformer changing(Class<?> type, String name) {
    return new ClassFileTransformer() {
      @Override
      public byte[] transform(
          ClassLoader loader,
          String internalName,
          Class<?> redefined,
          ProtectionDomain domain,
          byte[] bytes) {
        if (redefined != type) {
          return null;
        }
        byte[] now = changed(bytes);
        try {
          Files.write(Path.of(System.getProperty("shells"), name + ".class"), now);
        } catch (java.io.IOException e) {
          throw new IllegalStateException(e);
        }
        return now;
      }
    };
  }

  private static byte[] changed(Class<?> type) throws Exception {
    try (var in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      return changed(in.readAllBytes());
    }
  }

  /** Another text in the place of one that the class's code uses. */
  private static byte[] changed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String used :
        new String[] {
          "filterChain.filter", "standardWrapper.isUnavailable", "standardHostValve.exception"
        }) {
      text = text.replace(used, used.substring(0, used.length() - 1) + "X");
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
