package whorl.agent.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import whorl.agent.capture.kernel.ProcFs;

/** A fake root with its own {@code /proc} and {@code /sys}. */
public record FakeRoot(Path root) {
  public FakeRoot file(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public FakeRoot link(String path, String target) {
    try {
      Path link = root.resolve(path);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of(target));
      return this;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public ProcFs proc() {
    return new ProcFs(root);
  }
}
