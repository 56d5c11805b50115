package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Checks evidence that lies on this side, without a server. */
@FunctionalInterface
public interface Verifier {
  /**
   * Checks a bag, an unpacked bag, an agent's evidence folder or a collector's data folder.
   *
   * @throws IOException when the path cannot be read or is none of these
   */
  Verdict verify(Path path) throws IOException;

  /**
   * What came out.
   *
   * @param checked what was looked at, one line each
   * @param problems what is wrong, each with the name of the thing; empty when all is well
   */
  record Verdict(List<String> checked, List<String> problems) {
    public Verdict {
      checked = List.copyOf(checked);
      problems = List.copyOf(problems);
    }
  }
}
