package whorl.collector.cli.offline;

import java.io.IOException;
import whorl.collector.cli.server.ServeCommand;
import whorl.collector.offline.OpenedEvidence;

/** Serves evidence that a person opened; implemented by the wiring. */
@FunctionalInterface
public interface Opener {
  /**
   * Takes the evidence in, and serves it to who has its token.
   *
   * @throws IOException with a message that names what cannot be opened
   */
  ServeCommand.Running open(OpenedEvidence evidence) throws IOException;
}
