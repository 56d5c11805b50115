package whorl.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The Instrumentation of the JVM of the tests. A JVM may not attach to itself, so a second one does
 * it.
 */
public final class TestInstrumentation {
  private static volatile @Nullable Instrumentation instrumentation;

  private TestInstrumentation() {}

  /** Called by the JVM. */
  public static void agentmain(String arguments, Instrumentation given) {
    instrumentation = given;
  }

  public static synchronized Instrumentation get() throws Exception {
    if (instrumentation == null) {
      Path folder = Files.createTempDirectory("probe-test");
      Path jar = folder.resolve("agent.jar");
      Manifest manifest = new Manifest();
      Attributes main = manifest.getMainAttributes();
      main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
      main.put(new Attributes.Name("Agent-Class"), TestInstrumentation.class.getName());
      main.put(new Attributes.Name("Can-Retransform-Classes"), "true");
      try (OutputStream out = Files.newOutputStream(jar)) {
        new JarOutputStream(out, manifest).close();
      }
      Process attaching =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  TestInstrumentation.class.getName(),
                  Long.toString(ProcessHandle.current().pid()),
                  jar.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out").toFile())
              .start();
      assertThat(attaching.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(attaching.exitValue()).as(Files.readString(folder.resolve("out"))).isZero();
    }
    return java.util.Objects.requireNonNull(instrumentation);
  }

  /** The second JVM. */
  public static void main(String[] arguments) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(arguments[0]);
    machine.loadAgent(arguments[1]);
    machine.detach();
  }
}
