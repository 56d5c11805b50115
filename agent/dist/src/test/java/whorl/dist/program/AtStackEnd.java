package whorl.dist.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a file where the stack has just enough room for that, and none for a hook. */
public final class AtStackEnd {
  private static final String FILE = "/proc/self/environ";

  private int depth;
  private boolean opened;

  private AtStackEnd() {}

  /** {@code arguments[0]}: an empty folder. */
  public static void main(String[] arguments) throws Exception {
    Activities.awaitAgent();
    new FileInputStream("/dev/null").close();
    AtStackEnd attempt = new AtStackEnd();
    Thread thread = new Thread(null, attempt::deeper, "deep", 512 << 10);
    thread.start();
    thread.join();
    System.out.println(attempt.opened ? "opened" : "not opened");
    Signal.await(Path.of(arguments[0], "done"));
  }

  /** Tries it at the end of the stack, then one frame above it, and so on. */
  private void deeper() {
    depth++;
    try {
      deeper();
    } catch (StackOverflowError end) {
      depth--;
    }
    if (!opened) {
      try {
        new FileInputStream(FILE);
        opened = true;
      } catch (IOException | StackOverflowError noRoom) {
        depth--;
      }
    }
  }
}
