package whorl.collector.receive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The keys that agents are known by. */
@FunctionalInterface
public interface EnrolledKeys {
  /**
   * The SHA-256 of the agent's key; null where the agent never enrolled one.
   *
   * @throws IOException when it can't be told; evidence is then not sealed, and the agent comes
   *     again
   */
  @Nullable Digest keyId(Id agent) throws IOException;
}
