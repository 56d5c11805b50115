package whorl.collector.fleet;

import java.io.IOException;
import whorl.evidence.AgentIdentity;

/** Told which keys agents came with; the custody log keeps it. Called on any thread. */
public interface Enrolments {
  /**
   * The first key of this agent; its evidence must be signed with it.
   *
   * @param key X.509 SubjectPublicKeyInfo in Base64
   * @throws IOException when it cannot be kept; the agent is then asked to come again
   */
  void enrolled(AgentIdentity agent, String key) throws IOException;

  /**
   * Somebody came under an enrolled agent's id without its key, and was turned away.
   *
   * @param offered the other key; empty when none was offered
   * @param remoteAddress where from
   */
  void refused(AgentIdentity agent, String offered, String remoteAddress) throws IOException;
}
