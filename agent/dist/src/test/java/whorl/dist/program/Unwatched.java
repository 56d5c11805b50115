package whorl.dist.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs without the agent until one is loaded: writes its process id, waits for a file {@code go},
 * tries to start a shell that is not there, and waits for {@code done}; needs java.base only.
 */
public final class Unwatched {
  private Unwatched() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Path written = Files.writeString(folder.resolve("writing"), "" + ProcessHandle.current().pid());
    Files.move(written, folder.resolve("pid"));
    Signal.await(folder.resolve("go"));
    try {
      Process started = new ProcessBuilder("/no/such/sh", "-c", "id").start();
      throw new IllegalStateException("that was started: " + started);
    } catch (IOException expected) {
      System.out.println("no shell");
    }
    Signal.await(folder.resolve("done"));
  }
}
