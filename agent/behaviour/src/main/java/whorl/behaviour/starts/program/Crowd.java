package whorl.behaviour.starts.program;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Prints, opens files, connects and loads classes on eight threads from its first moment on, for
 * about as many milliseconds as its argument says; then ends with status 3.
 */
public final class Crowd {
  private static final int THREADS = 8;
  private static final int LINES = 5;
  private static final int STATUS = 3;
  private static final int FAILED = 99;
  private static final long PAUSE_MILLIS = 40;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final int turns;

  private Crowd(int turns) {
    this.turns = turns;
  }

  public static void main(String[] arguments) throws Exception {
    Crowd crowd = new Crowd((int) (Long.parseLong(arguments[0]) / PAUSE_MILLIS));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread = new Thread(() -> crowd.work(number), "crowd-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Throwable failure : crowd.failures) {
      failure.printStackTrace();
    }
    System.exit(crowd.failures.isEmpty() ? STATUS : FAILED);
  }

  private void work(int number) {
    try {
      Path folder = Files.createTempDirectory("crowd");
      Work work = new Work(folder);
      for (int turn = 0; turn < turns; turn++) {
        for (int line = 0; line < LINES; line++) {
          System.out.println("thread " + number + ", turn " + turn + ", line " + line);
        }
        work.turn("file", turn);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      Files.delete(folder);
    } catch (Exception | Error e) {
      failures.add(e);
    }
  }
}
