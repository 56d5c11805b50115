package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The main class of a confined JVM. It runs the requested main class. It ends the JVM when the
 * collector is gone, which closes standard input, or when the time is over, so that a killed
 * collector leaves no JVM behind.
 *
 * <p>Arguments: the time limit in milliseconds, the main class, and the arguments of that class.
 */
final class ConfinedMain {
  private static final int FAILED = 1;
  private static final String NO_SPACE = "No space left on device";
  private static final int ABANDONED = 4;
  private static final long GRACE_MILLIS = 2_000;

  private ConfinedMain() {}

  @SuppressWarnings("ThreadPriorityCheck") // for programs in the background; nothing waits for it
  public static void main(String[] arguments) {
    InputStream collector = System.in;
    watch("whorl-collector-gone", () -> awaitEnd(collector));
    long limitMillis = Long.parseLong(arguments[0]) + GRACE_MILLIS;
    watch("whorl-time-over", () -> TimeUnit.MILLISECONDS.sleep(limitMillis));
    Thread.currentThread().setPriority(Thread.MIN_PRIORITY); // by itself, HotSpot ignores it
    int status = FAILED;
    try {
      String[] mainArguments = Arrays.copyOfRange(arguments, 2, arguments.length);
      Class.forName(arguments[1])
          .getMethod("main", String[].class)
          .invoke(null, (Object) mainArguments);
      status = 0;
    } catch (InvocationTargetException e) {
      printFailure(e.getTargetException());
      status = isFullDisk(e.getTargetException()) ? Outcome.Ended.NO_ROOM : FAILED;
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      printFailure(e);
    }
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }

  private interface Blocking {
    void await() throws IOException, InterruptedException;
  }

  private static void watch(String name, Blocking blocking) {
    Thread watch =
        new Thread(
            () -> {
              try {
                blocking.await();
              } catch (IOException | InterruptedException e) {
                // treated like the end
              }
              Runtime.getRuntime().halt(ABANDONED);
            },
            name);
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream collector) throws IOException {
    while (collector.read() >= 0) {
      // the collector sends nothing
    }
  }

  /**
   * True if a file could not be written because the disk is full. Only by what the JDK and DuckDB
   * say themselves: other messages may have words of the evidence.
   */
  private static boolean isFullDisk(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      boolean ofFile = cause instanceof IOException && message.equals(NO_SPACE);
      boolean ofPath =
          cause instanceof FileSystemException named && NO_SPACE.equals(named.getReason());
      boolean ofDatabase =
          cause instanceof SQLException
              && message.startsWith("IO Error: ")
              && message.contains(NO_SPACE);
      if (ofFile || ofPath || ofDatabase) {
        return true;
      }
    }
    return false;
  }

  private static void printFailure(Throwable failure) {
    System.err.println(failure);
  }
}
