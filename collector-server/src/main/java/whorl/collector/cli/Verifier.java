package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Path;
import whorl.collector.custody.VerificationReport;

/** Checks evidence that lies on this side, without a server. */
@FunctionalInterface
public interface Verifier {
  /**
   * Checks a bag, an unpacked bag, an agent's evidence folder or a collector's data folder.
   *
   * @throws IOException when the path cannot be read or is none of these
   */
  VerificationReport verify(Path path) throws IOException;
}
