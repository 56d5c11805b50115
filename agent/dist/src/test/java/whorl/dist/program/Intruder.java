package whorl.dist.program;

import java.io.IOException;
import java.nio.file.Path;

/** Tries to start a shell that is not there; takes java.base only. */
public final class Intruder {
  private Intruder() {}

  public static void main(String[] arguments) throws InterruptedException {
    try {
      Process started = new ProcessBuilder("/no/such/sh", "-c", "id").start();
      throw new IllegalStateException("that was started: " + started);
    } catch (IOException expected) {
      System.out.println("no shell");
    }
    Signal.await(Path.of(arguments[0], "done"));
  }
}
