package whorl.collector.fleet.agents;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.outage.OneByOne;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.store.records.EnrolmentLedger.Claimed;
import whorl.collector.store.records.EnrolmentLedger.Enrolment;
import whorl.evidence.AgentIdentity;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.VerifyingKey;

/**
 * Records enrolments in the custody log, because the agent's key is part of the custody of all its
 * evidence. The ledger decides which key is an agent's first, and makes keys searchable.
 */
public final class EnrolmentCustody implements Enrolments {
  private static final String AGENT = "agent ";
  private static final String KEY_ID = "keyId";
  private static final int BATCH = 10_000;

  private final CustodyLog custody;
  private final EnrolmentLedger ledger;

  public EnrolmentCustody(CustodyLog custody, EnrolmentLedger ledger) {
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
    // the row first: it decides between keys that arrive at two collectors at the same moment
    Claimed claimed = ledger.claim(agent.id(), keyId);
    if (!claimed.first().keyId().equals(keyId)) {
      throw new IOException(
          "agent " + agent.id() + " enrolled another key at the same moment; connect again");
    }
    if (claimed.mine()) {
      record(agent.id(), keyId, agent.service());
    }
  }

  /**
   * Writes the entries of enrolments whose collector ended before it wrote them. To be called at
   * the start and every minute. If two collectors do so at once, or if the entry was written and
   * its number was not, custody has the same entry twice, which changes nothing.
   *
   * @param age of the enrolment; younger ones may be under way
   */
  public void recordPending(Duration age) throws IOException {
    OneByOne pending = new OneByOne();
    for (Enrolment enrolment : ledger.pending(age)) {
      pending.run(
          AGENT + enrolment.agent(), () -> record(enrolment.agent(), enrolment.keyId(), ""));
    }
    pending.end();
  }

  private void record(Id agent, Digest keyId, String service) throws IOException {
    CustodyEntry entry =
        custody.append(
            CustodyAction.ENROLLED,
            null,
            AGENT + agent,
            Map.of(KEY_ID, keyId.hex(), "service", service));
    ledger.recorded(new Enrolment(agent, keyId, entry.sequence(), entry.time()));
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
  public static final class LedgerUpdate {
    private final EnrolmentLedger ledger;
    private final long known;
    private final List<Enrolment> batch = new ArrayList<>();

    public LedgerUpdate(EnrolmentLedger ledger) throws IOException {
      this.ledger = ledger;
      this.known = ledger.lastSequence();
    }

    public void entry(CustodyEntry entry) throws IOException {
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

    public void end() throws IOException {
      ledger.add(batch);
      batch.clear();
    }
  }
}
