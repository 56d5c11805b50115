package whorl.collector;

import java.io.IOException;
import java.util.Map;
import whorl.collector.custody.CustodyAction;
import whorl.collector.custody.CustodyLog;
import whorl.collector.fleet.Enrolments;
import whorl.evidence.AgentIdentity;
import whorl.evidence.VerifyingKey;

/** Which key an agent came with is part of the custody of all its evidence. */
final class EnrolmentCustody implements Enrolments {
  private final CustodyLog custody;

  EnrolmentCustody(CustodyLog custody) {
    this.custody = custody;
  }

  @Override
  public void enrolled(AgentIdentity agent, String key) throws IOException {
    custody.append(
        CustodyAction.ENROLLED,
        null,
        actor(agent),
        Map.of("keyId", VerifyingKey.of(key).keyId(), "service", agent.service()));
  }

  @Override
  public void refused(AgentIdentity agent, String offered, String remoteAddress)
      throws IOException {
    custody.append(
        CustodyAction.REFUSED,
        null,
        actor(agent),
        Map.of(
            "why", "another key than the enrolled one",
            "offered", offered,
            "from", remoteAddress));
  }

  private static String actor(AgentIdentity agent) {
    return "agent " + agent.id();
  }
}
