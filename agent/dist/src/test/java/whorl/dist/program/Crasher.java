package whorl.dist.program;

import java.lang.reflect.Field;
import java.nio.file.Path;
import sun.misc.Signal;
import sun.misc.Unsafe;

/** Ends as no program wants to, or waits for a file {@code done} in the folder it is given. */
public final class Crasher {
  /** JFR writes what is in its buffers to the disk every second. */
  private static final long FLUSHED_MILLIS = 2_500;

  private Crasher() {}

  public static void main(String[] arguments) throws Exception {
    Activities.awaitRecording();
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("whorl-life"))) {
      Thread.sleep(50);
    }
    System.out.println("the last thing that was said");
    Thread.sleep(FLUSHED_MILLIS);
    switch (System.getProperty("way", "")) {
      case "fault" -> unsafe().putAddress(0, 0);
      case "kill" -> Signal.raise(new Signal("KILL"));
      case "halt" -> Runtime.getRuntime().halt(0);
      default -> whorl.dist.program.Signal.await(Path.of(arguments[0], "done"));
    }
  }

  private static Unsafe unsafe() throws ReflectiveOperationException {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return (Unsafe) field.get(null);
  }
}
