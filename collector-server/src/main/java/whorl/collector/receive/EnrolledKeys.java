package whorl.collector.receive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The public keys of the agents. */
@FunctionalInterface
public interface EnrolledKeys {
  /**
   * The SHA-256 of the agent's key; null if the agent never enrolled one.
   *
   * @throws IOException if the key cannot be read; the evidence is then not sealed and the agent
   *     tries again
   */
  @Nullable Digest keyId(Id agent) throws IOException;
}
