package whorl.dist.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/** Ends in the way that its argument names, and prints when it began to. */
public final class Leaver {
  private Leaver() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Activities.awaitAgent();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> System.out.println("the application's hook")));
    if (Boolean.getBoolean("alert")) {
      alert();
    }
    System.out.println("last words");
    Files.writeString(folder.resolve("leaving"), "");
    leave();
  }

  private static String way() {
    return System.getProperty("way", "");
  }

  private static void leave() throws Exception {
    switch (way()) {
      case "exit 0" -> System.exit(0);
      case "exit 3" -> System.exit(3);
      case "exit interrupted" -> {
        Thread.currentThread().interrupt();
        System.exit(3);
      }
      case "two exits" -> twice();
      case "exit on a virtual thread" -> virtual();
      case "halt" -> Runtime.getRuntime().halt(5);
      case "uncaught" -> throw new IllegalStateException("gone wrong");
      case "last thread" -> System.out.println("main ends");
      case "signal" -> {
        Signal.raise(new Signal("TERM"));
        Thread.sleep(60_000);
      }
      case "two signals" -> {
        Signal.raise(new Signal("TERM"));
        // The JVM hands signals on one by one: only then is the second one another.
        Thread.sleep(500);
        Signal.raise(new Signal("TERM"));
        Thread.sleep(60_000);
      }
      default -> throw new IllegalArgumentException(way());
    }
  }

  private static void twice() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      new Thread(
              () -> {
                both.countDown();
                try {
                  both.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                System.exit(3);
              })
          .start();
    }
    Thread.sleep(60_000);
  }

  private static void virtual() throws Exception {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    Runnable exit = () -> System.exit(3);
    Thread thread = (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, exit);
    thread.start();
    thread.join();
  }

  private static void alert() {
    try {
      Process started = new ProcessBuilder("/no/such/sh", "-c", "id").start();
      throw new IllegalStateException("that was started: " + started);
    } catch (IOException expected) {
      System.out.println("no shell");
    }
  }
}
