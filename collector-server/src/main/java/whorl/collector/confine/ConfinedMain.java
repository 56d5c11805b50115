package whorl.collector.confine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The first class in a confined JVM. It runs the wanted main class, and ends the JVM when the
 * collector is gone (its end of standard input closes then) or the time is over, so that none is
 * left behind by a collector that was killed.
 *
 * <p>Arguments: the time limit in milliseconds, the main class, and that one's arguments.
 */
final class ConfinedMain {
  private static final int FAILED = 1;
  private static final int LEFT_ALONE = 4;
  private static final long GRACE_MILLIS = 2_000;

  private ConfinedMain() {}

  public static void main(String[] arguments) {
    InputStream collector = System.in;
    watch("whorl-collector-gone", () -> awaitEnd(collector));
    long limitMillis = Long.parseLong(arguments[0]) + GRACE_MILLIS;
    watch("whorl-time-over", () -> TimeUnit.MILLISECONDS.sleep(limitMillis));
    int status = FAILED;
    try {
      String[] own = Arrays.copyOfRange(arguments, 2, arguments.length);
      Class.forName(arguments[1]).getMethod("main", String[].class).invoke(null, (Object) own);
      status = 0;
    } catch (InvocationTargetException e) {
      complain(e.getTargetException());
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      complain(e);
    }
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }

  private interface Waiting {
    void end() throws IOException, InterruptedException;
  }

  private static void watch(String name, Waiting waiting) {
    Thread watch =
        new Thread(
            () -> {
              try {
                waiting.end();
              } catch (IOException | InterruptedException e) {
                // as good as the end
              }
              Runtime.getRuntime().halt(LEFT_ALONE);
            },
            name);
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream collector) throws IOException {
    while (collector.read() >= 0) {
      // nothing is said this way
    }
  }

  private static void complain(Throwable failure) {
    System.err.println(failure);
  }
}
