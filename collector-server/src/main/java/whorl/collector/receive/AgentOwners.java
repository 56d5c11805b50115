package whorl.collector.receive;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Request;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/** To whom agents belong: only their owners may add to what they began. */
public interface AgentOwners {
  /** All agents belong to everybody who may upload. */
  AgentOwners EVERYBODY =
      new AgentOwners() {
        @Override
        public void require(Id agent, Request request) {}

        @Override
        public void requireOwner(Id agent, Request request) {}

        @Override
        public @Nullable String problem(AgentIdentity claimed) {
          return null;
        }

        @Override
        public @Nullable String nameOf(Id agent) {
          return null;
        }
      };

  /**
   * Checks that the caller may add to what this agent began, and gives it to the caller if it is
   * nobody's yet.
   *
   * @throws whorl.collector.http.request.ProblemException 403 if it is another's
   */
  void require(Id agent, Request request) throws IOException;

  /** The same, for what only the owner may do. */
  void requireOwner(Id agent, Request request) throws IOException;

  /**
   * Compares what a manifest claims with what its agent's owner proved.
   *
   * @return what is claimed without a right to it, in a sentence; null if nothing is
   */
  @Nullable String problem(AgentIdentity claimed) throws IOException;

  /** The name of the agent's owner, for custody; null if it only has the shared token. */
  @Nullable String nameOf(Id agent) throws IOException;
}
