package whorl.collector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.fleet.agents.Enrolments;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.store.records.EnrolmentLedger.Enrolment;
import whorl.evidence.AgentIdentity;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.VerifyingKey;

/**
 * Records enrolments in the custody log, because the agent's key is part of the custody of all its
 * evidence. The ledger makes them searchable.
 */
final class EnrolmentCustody implements Enrolments {
  private static final String AGENT = "agent ";
  private static final String KEY_ID = "keyId";
  private static final int BATCH = 10_000;

  private final CustodyLog custody;
  private final EnrolmentLedger ledger;

  EnrolmentCustody(CustodyLog custody, EnrolmentLedger ledger) {
    this.custody = custody;
    this.ledger = ledger;
  }

  @Override
  public @Nullable Enrolment find(Id agent) throws IOException {
    return ledger.find(agent);
  }

  @Override
  public void enrolled(AgentIdentity agent, String key) throws IOException {
    Digest keyId = new Digest(VerifyingKey.of(key).keyId());
    CustodyEntry entry =
        custody.append(
            CustodyAction.ENROLLED,
            null,
            AGENT + agent.id(),
            Map.of(KEY_ID, keyId.hex(), "service", agent.service()));
    ledger.add(List.of(new Enrolment(agent.id(), keyId, entry.sequence(), entry.time())));
  }

  @Override
  public void refused(AgentIdentity agent, String reason, String offered, String remoteAddress)
      throws IOException {
    custody.append(
        CustodyAction.REFUSED,
        null,
        AGENT + agent.id(),
        Map.of("why", reason, "offered", offered, "from", remoteAddress));
  }

  /** Adds entries that are missing from the ledger while the log is read. */
  static final class LedgerUpdate {
    private final EnrolmentLedger ledger;
    private final long known;
    private final List<Enrolment> batch = new ArrayList<>();

    LedgerUpdate(EnrolmentLedger ledger) throws IOException {
      this.ledger = ledger;
      this.known = ledger.lastSequence();
    }

    void entry(CustodyEntry entry) throws IOException {
      if (entry.sequence() <= known || !entry.action().equals(CustodyAction.ENROLLED.word())) {
        return;
      }
      String keyId = entry.detail().get(KEY_ID);
      if (keyId != null && entry.actor().startsWith(AGENT)) {
        batch.add(
            new Enrolment(
                new Id(entry.actor().substring(AGENT.length())),
                new Digest(keyId),
                entry.sequence(),
                entry.time()));
      }
      if (batch.size() >= BATCH) {
        end();
      }
    }

    void end() throws IOException {
      ledger.add(batch);
      batch.clear();
    }
  }
}
