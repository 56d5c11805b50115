package whorl.collector.fleet.agents;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;
import whorl.collector.store.access.Owner;
import whorl.evidence.AgentIdentity;

/** To whom agents belong: only its owner may speak as an agent. */
public interface Ownership {
  /** All agents belong to everybody who may connect. */
  Ownership EVERYBODY =
      new Ownership() {
        @Override
        public AgentIdentity proved(AgentIdentity claimed, Principal principal) {
          return claimed;
        }

        @Override
        public Claim claim(AgentIdentity agent, Principal principal, String remoteAddress) {
          return new Claim(null, null, false);
        }
      };

  /**
   * The result of a claim.
   *
   * @param owner of the agent; null if nobody has proved to be it
   * @param refusal why the caller may not speak as this agent; null if it may
   * @param later true if it may try again later
   */
  record Claim(@Nullable Owner owner, @Nullable String refusal, boolean later) {}

  /** Replaces what an agent says about itself by what it proved. */
  AgentIdentity proved(AgentIdentity claimed, Principal principal);

  /** Whether the caller may speak as this agent, which becomes its own if it is nobody's yet. */
  Claim claim(AgentIdentity agent, Principal principal, String remoteAddress) throws IOException;
}
