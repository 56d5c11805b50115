package whorl.agent.attach;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends SIGQUIT to another process. Java has no method for it: the program {@code kill} does it, or
 * a shell, or the function {@code kill} of the C library through {@code java.lang.foreign}, which
 * Java 22 and newer have (and 21, as a preview).
 */
final class QuitSignal {
  private static final int SIGQUIT = 3;
  private static final int LIMIT_SECONDS = 10;

  private QuitSignal() {}

  /**
   * Sends it.
   *
   * @throws Refusal if there is no means to, or the kernel forbids it
   */
  static void send(long pid) throws Refusal, InterruptedException {
    String number = Long.toString(pid);
    for (List<String> command :
        List.of(List.of("kill", "-QUIT", number), List.of("sh", "-c", "kill -QUIT " + number))) {
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          if (process.exitValue() == 0) {
            return;
          }
          throw forbidden(pid);
        }
        process.destroyForcibly();
      } catch (IOException noSuchProgram) {
        // A distroless image has neither.
        continue;
      }
    }
    try {
      if (call(pid) == 0) {
        return;
      }
    } catch (Throwable noSuchFunction) { // a method handle declares Throwable
      throw new Refusal(
          "this Java "
              + Runtime.version().feature()
              + " has no means to send SIGQUIT, and there is"
              + " no program kill",
          "run the command with Java 22 or newer, or from an image with a shell; or start the"
              + " application with -XX:+StartAttachListener");
    }
    throw forbidden(pid);
  }

  private static Refusal forbidden(long pid) {
    return new Refusal(
        "the kernel does not let this process send a signal to " + pid,
        "run the command as the user of the application, or as root with the capability KILL");
  }

  /** {@code kill(pid, SIGQUIT)}; by reflection, because this class is compiled for Java 17. */
  private static int call(long pid) throws Throwable {
    Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
    Class<?> layout = Class.forName("java.lang.foreign.MemoryLayout");
    Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
    Class<?> descriptor = Class.forName("java.lang.foreign.FunctionDescriptor");
    Class<?> option = Class.forName("java.lang.foreign.Linker$Option");
    Object linker = linkerType.getMethod("nativeLinker").invoke(null);
    Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
    Optional<?> kill =
        (Optional<?>)
            Class.forName("java.lang.foreign.SymbolLookup")
                .getMethod("find", String.class)
                .invoke(lookup, "kill");
    Object integer = Class.forName("java.lang.foreign.ValueLayout").getField("JAVA_INT").get(null);
    Object parameters = Array.newInstance(layout, 2);
    Array.set(parameters, 0, integer);
    Array.set(parameters, 1, integer);
    Object signature =
        descriptor.getMethod("of", layout, parameters.getClass()).invoke(null, integer, parameters);
    Object none = Array.newInstance(option, 0);
    MethodHandle function =
        (MethodHandle)
            linkerType
                .getMethod("downcallHandle", segment, descriptor, none.getClass())
                .invoke(linker, kill.orElseThrow(), signature, none);
    return (int) function.invokeWithArguments((int) pid, SIGQUIT);
  }
}
