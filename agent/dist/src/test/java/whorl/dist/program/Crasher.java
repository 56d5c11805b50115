package whorl.dist.program;

import java.lang.reflect.Field;
import java.nio.file.Path;
import sun.misc.Unsafe;

/** Ends as no program wants to, or waits for a file {@code done} in the folder it is given. */
public final class Crasher {
  /** JFR writes what is in its buffers to the disk every second. */
  private static final long FLUSHED_MILLIS = 2_500;

  private Crasher() {}

  public static void main(String[] arguments) throws Exception {
    Activities.awaitAgent();
    Activities.awaitEndOf("whorl-life");
    System.out.println("the last thing that was said");
    Thread.sleep(FLUSHED_MILLIS);
    switch (System.getProperty("way", "")) {
      case "fault" -> unsafe().putAddress(0, 0);
      case "kill" -> {
        long pid = ProcessHandle.current().pid();
        new ProcessBuilder("kill", "-KILL", Long.toString(pid)).start().waitFor();
      }
      case "halt" -> Runtime.getRuntime().halt(0);
      default -> Signal.await(Path.of(arguments[0], "done"));
    }
  }

  private static Unsafe unsafe() throws ReflectiveOperationException {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return (Unsafe) field.get(null);
  }
}
