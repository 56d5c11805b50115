package whorl.dist.program;

import java.nio.file.Files;
import java.nio.file.Path;

/** Says who it is when the agent records, and waits for somebody to attach to it. */
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
