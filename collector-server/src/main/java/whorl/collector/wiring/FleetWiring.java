package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.agents.AgentRoutes;
import whorl.collector.fleet.agents.EnrolmentCustody;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.captures.CaptureCounters;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.http.request.Route;
import whorl.collector.notify.Notifier;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.FullDisk;
import whorl.collector.wiring.base.LimitWiring;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;

/**
 * The agents: what is known of them, what they send of themselves, and their captures.
 *
 * @param counters what happened on the channels of agents
 * @param journalLedger the journals as they are stored
 * @param scopes whose everything is
 */
public record FleetWiring(
    Fleet fleet,
    FleetCounters counters,
    ChainWiring chains,
    Captures captures,
    JournalLedger journalLedger,
    Journals journals,
    Scopes scopes) {
  private static final Duration ENROLMENT_AGE = Duration.ofMinutes(1);

  /**
   * @param notifier is called when a capture ends
   */
  public static FleetWiring open(
      Foundation base,
      CustodyWiring custody,
      LimitWiring limits,
      IdentityWiring identities,
      Notifier notifier)
      throws IOException {
    EnrolmentCustody enrolments = new EnrolmentCustody(custody.log(), custody.enrolments());
    enrolments.recordPending(base.sharing().isShared() ? ENROLMENT_AGE : Duration.ZERO);
    base.every("enrolments", ENROLMENT_AGE, () -> enrolments.recordPending(ENROLMENT_AGE));
    FleetCounters counters = new FleetCounters();
    ChainWiring chains = ChainWiring.open(base);
    Fleet fleet =
        new Fleet(
            new AgentLedger(base.database()),
            base.sharing().presence(),
            enrolments,
            identities.owners(),
            chains.chains(),
            limits.enrolmentsAMinute(Fleet.MAX_ENROLLED_A_MINUTE),
            limits.refusalsAMinute(Fleet.MAX_REPORTED_A_MINUTE),
            base.clock(),
            System::nanoTime,
            counters);
    identities.use(fleet.standings());
    FleetMetrics.fleet(base.metrics(), fleet, counters);
    Scopes scopes = Scopes.open(base, fleet);
    JournalLedger journalLedger =
        new JournalLedger(base.database(), JournalLedger.Limits.DEFAULT, base.clock());
    Journals journals = journals(base, limits, journalLedger, counters);
    chains.journals(journals);
    return new FleetWiring(
        fleet, counters, chains, captures(base, fleet, notifier), journalLedger, journals, scopes);
  }

  private static Journals journals(
      Foundation base, LimitWiring limits, JournalLedger ledger, FleetCounters counters) {
    FleetMetrics.journals(base.metrics(), ledger);
    int kibibytesADay = (int) (ledger.limits().maxBytes() / 2 >> 10);
    return new Journals(
        ledger,
        counters,
        new FullDisk(base.freeBytes())::hasRoom,
        limits.journalKibibytesADay(kibibytesADay));
  }

  private static Captures captures(Foundation base, Fleet fleet, Notifier notifier)
      throws IOException {
    CaptureCounters counters = new CaptureCounters();
    FleetMetrics.captures(base.metrics(), counters);
    CaptureLedger ledger = new CaptureLedger(base.database());
    ledger.setListener(notifier::captureEnded);
    return new Captures(
        ledger, base.sharing().presence(), fleet, base.clock(), System::nanoTime, counters);
  }

  /** The service of an agent, connected or not, at any collector; null if it is unknown. */
  @Nullable String serviceOf(Id agent) throws IOException {
    AgentIdentity known = Scopes.identity(fleet, agent);
    return known == null ? null : known.service();
  }

  /** Called when evidence is purged. */
  public PurgeListener purgeListener() {
    return (evidence, why) -> chains.ledger().purged(evidence);
  }

  /** The routes of agents, and of their journals. */
  public List<Route> routes() {
    return new AgentRoutes(fleet, journals).routes();
  }
}
