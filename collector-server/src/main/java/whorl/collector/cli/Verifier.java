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
   * @param evidence how many pieces of evidence were checked
   * @param artifacts how many files were digested, of {@code bytes} together
   * @param problems each names the thing that does not hold; empty when all is well
   * @param notes what a reader should know though nothing is wrong
   */
  record Verdict(
      long evidence, long artifacts, long bytes, List<String> problems, List<String> notes) {
    public Verdict {
      problems = List.copyOf(problems);
      notes = List.copyOf(notes);
    }

    boolean verified() {
      return problems.isEmpty();
    }
  }
}
