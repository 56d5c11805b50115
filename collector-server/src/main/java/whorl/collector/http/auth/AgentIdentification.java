package whorl.collector.http.auth;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Principal;

/**
 * Identifies agents that have no token of the tokens file. Called on event loops: must not wait.
 */
public interface AgentIdentification {
  /** Accepts agents by the tokens file only. */
  AgentIdentification NONE =
      new AgentIdentification() {
        @Override
        public @Nullable Principal byToken(String token) {
          return null;
        }

        @Override
        public @Nullable Principal byCertificate(X509Certificate certificate) {
          return null;
        }

        @Override
        public void admit(Principal agent) {}
      };

  /**
   * The agent that this signed token names.
   *
   * @param token not of the tokens file
   * @return null if it is no signed token
   * @throws whorl.collector.http.request.ProblemException 401 with the reason; 503 if it cannot be
   *     verified now
   */
  @Nullable Principal byToken(String token);

  /**
   * The agent that this certificate names.
   *
   * @param certificate a client's own, which the authority of client certificates has signed
   * @return null if certificates do not identify agents here
   * @throws whorl.collector.http.request.ProblemException 401 with the reason
   */
  @Nullable Principal byCertificate(X509Certificate certificate);

  /**
   * Checks that this kind of proof is accepted.
   *
   * @throws whorl.collector.http.request.ProblemException 403 with the reason
   */
  void admit(Principal agent);
}
