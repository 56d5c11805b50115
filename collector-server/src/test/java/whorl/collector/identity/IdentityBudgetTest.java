package whorl.collector.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.channel.ManualTime;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Role;
import whorl.collector.limit.Rates;

class IdentityBudgetTest {
  private static final int KIB = 1 << 10;

  private final ManualTime time = new ManualTime();
  private final IdentityCounters counters = new IdentityCounters();
  private final IdentityBudget budget =
      new IdentityBudget(
          new Rates(400, Duration.ofDays(1), time),
          new Rates(IdentityBudget.EVIDENCE_AN_HOUR, Duration.ofHours(1), time),
          counters);

  private static Request of(AgentProof proof, int bytes) {
    return new FromPrincipal(
        FakeRequest.post("/", "x".repeat(bytes)), new Principal(Role.AGENT, "a", proof));
  }

  private static AgentProof pod(String name) {
    return AgentProof.ofPod("https://issuer", "shop", "web", name, "uid-" + name, Instant.MAX);
  }

  private static AgentProof services() {
    return AgentProof.ofServices(Set.of("shop"));
  }

  private interface Use {
    void run() throws IOException;
  }

  private static int status(Use use) {
    ProblemException refused = catchThrowableOfType(ProblemException.class, use::run);
    return refused == null ? 200 : refused.status();
  }

  @Test
  void pod_sendsAQuarterOfWhatATokenOfManyAgentsDoes() throws IOException {
    budget.bytes(of(pod("web-1"), 98 * KIB));
    assertThat(status(() -> budget.bytes(of(pod("web-1"), 2 * KIB)))).isEqualTo(507);
    budget.bytes(of(pod("web-2"), 98 * KIB));
    budget.bytes(of(services(), 390 * KIB));
    assertThat(status(() -> budget.bytes(of(services(), 10 * KIB)))).isEqualTo(507);
    assertThat(counters.overBudget()).isEqualTo(2);

    time.pass(Duration.ofHours(25));
    budget.bytes(of(pod("web-1"), 2 * KIB));
  }

  @Test
  void agentsOfTheSharedToken_haveNoShareOfTheirOwn() throws IOException {
    for (int i = 0; i < 10; i++) {
      budget.bytes(of(AgentProof.SHARED, 100 * KIB));
    }
  }

  @Test
  void bytesThatCannotBeCounted_areRefused() {
    Request chunked =
        new FromPrincipal(FakeRequest.get("/"), new Principal(Role.AGENT, "a", pod("web-1"))) {
          @Override
          public long contentLength() {
            return -1;
          }
        };
    assertThat(status(() -> budget.bytes(chunked))).isEqualTo(411);
  }

  @Test
  void pod_beginsSoManyPiecesOfEvidenceInAnHour() throws IOException {
    for (int i = 0; i < IdentityBudget.EVIDENCE_AN_HOUR; i++) {
      budget.evidence(of(pod("web-1"), 0));
      budget.evidence(of(services(), 0));
    }
    assertThat(status(() -> budget.evidence(of(pod("web-1"), 0)))).isEqualTo(429);
    budget.evidence(of(pod("web-2"), 0));
    budget.evidence(of(services(), 0));
    time.pass(Duration.ofMinutes(61));
    budget.evidence(of(pod("web-1"), 0));
  }
}
