package whorl.collector.fleet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.EnrolmentLedger.Enrolment;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** Which keys agents came with; the custody log keeps it. Called on any thread. */
public interface Enrolments {
  /** The agent's first key, and since when; null where it never enrolled one. */
  @Nullable Enrolment find(Id agent) throws IOException;

  /**
   * The first key of this agent, which it has proved; its evidence must be signed with it.
   *
   * @param key X.509 SubjectPublicKeyInfo in Base64
   * @throws IOException when it cannot be kept; the agent is then asked to come again
   */
  void enrolled(AgentIdentity agent, String key) throws IOException;

  /**
   * Somebody came under an enrolled agent's id without its key, and was turned away.
   *
   * @param why what was wrong
   * @param offered the other key; empty when none was offered
   * @param remoteAddress where from
   */
  void refused(AgentIdentity agent, String why, String offered, String remoteAddress)
      throws IOException;
}
