package whorl.dist.program;

import java.nio.file.Files;
import java.nio.file.Path;

/** Writes its process id to a file once the agent records, and waits for another to attach. */
public final class Attached {
  private Attached() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Recorded.await();
    Path written = Files.writeString(folder.resolve("writing"), "" + ProcessHandle.current().pid());
    Files.move(written, folder.resolve("pid"));
    Signal.await(folder.resolve("done"));
  }
}
