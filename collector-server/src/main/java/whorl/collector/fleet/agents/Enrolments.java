package whorl.collector.fleet.agents;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.EnrolmentLedger.Enrolment;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** The enrolled keys of agents, kept in the custody log. Called on any thread. */
public interface Enrolments {
  /** Returns the agent's first key and when it was enrolled; null if it never enrolled one. */
  @Nullable Enrolment find(Id agent) throws IOException;

  /**
   * Enrols the first key of this agent, which it has proved. Its evidence must be signed with this
   * key.
   *
   * @param key X.509 SubjectPublicKeyInfo in Base64
   * @throws IOException when it cannot be stored; the channel then closes with "try again later"
   */
  void enrolled(AgentIdentity agent, String key) throws IOException;

  /**
   * Records that a peer used an enrolled agent's id without its key and was refused.
   *
   * @param why the reason for the refusal
   * @param offered the key that the peer named; empty when it named none
   * @param remoteAddress the peer's address
   */
  void refused(AgentIdentity agent, String why, String offered, String remoteAddress)
      throws IOException;
}
