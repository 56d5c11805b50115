package whorl.collector.identity;

import java.io.IOException;
import java.util.Map;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.limit.Client;
import whorl.collector.limit.Quota;
import whorl.collector.receive.UploadBudget;

/**
 * How many bytes an identity may send in a day, and how many pieces of evidence a pod may begin in
 * an hour: a compromised pod must not fill the disk on which others need room. Agents with the
 * shared token cannot be distinguished, and have no such limits.
 */
public final class IdentityBudget implements UploadBudget {
  /** An agent makes twelve captures an hour by itself; a pod may have several, and persons ask. */
  public static final int EVIDENCE_AN_HOUR = 240;

  private final Quota kibibytesADay;
  private final Quota evidenceAnHour;
  private final IdentityCounters counters;

  /**
   * @param kibibytesADay of an identity that many agents may have
   * @param evidenceAnHour of one pod
   */
  public IdentityBudget(Quota kibibytesADay, Quota evidenceAnHour, IdentityCounters counters) {
    this.kibibytesADay = kibibytesADay;
    this.evidenceAnHour = evidenceAnHour;
    this.counters = counters;
  }

  @Override
  public void evidence(Request request) throws IOException {
    if (isPod(request) && !evidenceAnHour.take(request.client(), 1)) {
      counters.overBudget.increment();
      throw new ProblemException(
          429,
          "too much evidence",
          "this pod began more than "
              + evidenceAnHour.max()
              + " pieces of evidence within an hour; try again later",
          Map.of("Retry-After", "300"));
    }
  }

  @Override
  public void bytes(Request request) throws IOException {
    if (!isProved(request)) {
      return;
    }
    long bytes = request.contentLength();
    if (bytes < 0) {
      throw new ProblemException(
          411, "length required", "send Content-Length, so that the bytes can be counted");
    }
    int kibibytes = (int) Math.min(Integer.MAX_VALUE, 1 + (bytes >> 10));
    String client = request.client();
    if (!kibibytesADay.take(client, Client.cost(client, kibibytes))) {
      counters.overBudget.increment();
      throw new ProblemException(
          507,
          "no room for this identity",
          "it has sent "
              + (Client.max(client, kibibytesADay.max()) >> 10)
              + " MiB within a day, its share; serve --max-per-day changes it",
          Map.of("Retry-After", "600"));
    }
  }

  private static boolean isPod(Request request) {
    return Client.share(request.client()) > 1;
  }

  private static boolean isProved(Request request) {
    Principal principal = request.principal();
    AgentProof proof = principal == null ? null : principal.proof();
    return proof != null && !proof.isShared();
  }
}
