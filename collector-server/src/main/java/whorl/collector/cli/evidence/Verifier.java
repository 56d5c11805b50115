package whorl.collector.cli.evidence;

import java.io.IOException;
import java.nio.file.Path;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.custody.verify.VerificationReport;

/** Checks local evidence, without a server. */
@FunctionalInterface
public interface Verifier {
  /**
   * Checks a bag, an unpacked bag, an agent's evidence folder or a collector's data folder.
   *
   * @param anchors what the caller has from elsewhere
   * @throws IOException if the path cannot be read or is none of these
   */
  VerificationReport verify(Path path, Anchors anchors) throws IOException;
}
