package whorl.collector.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.cases.CaseRoutes;
import whorl.collector.cases.Cases;
import whorl.collector.cases.HoldRoutes;
import whorl.collector.cases.Holds;
import whorl.collector.cases.VisibleCases;
import whorl.collector.config.Retain;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.retention.Purge;
import whorl.collector.retention.PurgeListener;
import whorl.collector.retention.Retention;
import whorl.collector.retention.RetentionCounters;
import whorl.collector.retention.RetentionLimits;
import whorl.collector.retention.RetentionRoutes;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.Thing;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.EvidenceClass;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.wiring.base.CustodyWiring;
import whorl.collector.wiring.base.Foundation;
import whorl.evidence.Id;

/**
 * Cases, holds and retention.
 *
 * @param all the cases, for parts that may see each of them
 * @param cases for people, who see those of their scope
 */
public record RetentionWiring(Cases all, VisibleCases cases, List<Route> routes) {
  private static final Duration LEASE = Duration.ofSeconds(30);

  /**
   * Opens the parts and starts the first retention pass.
   *
   * @param purgeListeners called in this order, and the cases last
   */
  public static RetentionWiring open(
      Foundation base,
      CustodyWiring custody,
      FleetWiring fleet,
      ReceiveWiring receive,
      List<PurgeListener> purgeListeners)
      throws IOException {
    Holds holds = new Holds(base.store(), custody.log());
    CaseLedger ledger = new CaseLedger(base.records().cases());
    Scopes scopes = fleet.scopes();
    Cases cases =
        Cases.open(
            ledger,
            holds,
            custody.log(),
            base.clock(),
            evidence -> scopes.origins().idOf(Thing.EVIDENCE, evidence));
    VisibleCases visible = new VisibleCases(ledger, scopes.rows(), scopes.ledger());
    List<PurgeListener> listeners = new ArrayList<>(purgeListeners);
    listeners.add(cases::purged);
    Retention retention = retention(base, custody.log(), holds, receive.receiver(), listeners);
    GravestLedger gravest = new GravestLedger(base.database());
    List<Route> routes =
        new ArrayList<>(
            new CaseRoutes(cases, visible, scopes::seesEvidence, gravest, base.freeBytes())
                .routes());
    routes.addAll(new HoldRoutes(holds, base.store(), scopes.rows(), base.freeBytes()).routes());
    routes.addAll(new RetentionRoutes(retention, base.catalog(), holds).routes());
    return new RetentionWiring(cases, visible, List.copyOf(routes));
  }

  private static Retention retention(
      Foundation base,
      CustodyLog custody,
      Holds holds,
      Receiver receiver,
      List<PurgeListener> listeners) {
    RetentionCounters counters = new RetentionCounters();
    Purge purge =
        new Purge(
            base.store(), base.catalog(), custody, holds, receiver::underWay, listeners, counters);
    Retention retention =
        new Retention(
            limits(base.config().retain()),
            base.catalog(),
            holds,
            base.store(),
            purge,
            custody,
            base.clock(),
            System::nanoTime,
            counters,
            turn(base),
            base.objects().locksRetained());
    base.closeFirst(retention);
    retention.start();
    register(base.metrics(), holds, counters);
    return retention;
  }

  /** True if the case exists and the caller sees it. */
  boolean sees(@Nullable Principal caller, Scope scope, Id ofCase) throws IOException {
    return all.exists(ofCase) && cases.sees(caller, scope, ofCase);
  }

  /** Among several collectors, the holder of the lease {@code retention} purges by limits. */
  private static BooleanSupplier turn(Foundation base) {
    if (!base.sharing().isShared()) {
      return () -> true;
    }
    KeptLease lease = base.sharing().leases().keep("retention", LEASE, new Unheard());
    base.closeFirst(lease::close);
    return () -> lease.lease() != null;
  }

  /** The lease is asked before each step. */
  private static final class Unheard implements KeptLease.Listener {
    @Override
    public void taken(Leases.Lease lease) {}

    @Override
    public void lost(Leases.Lease lease) {}
  }

  private static RetentionLimits limits(Retain retain) {
    Map<EvidenceClass, Duration> ages = new EnumMap<>(EvidenceClass.class);
    Map<EvidenceClass, Long> bytes = new EnumMap<>(EvidenceClass.class);
    for (EvidenceClass evidenceClass : EvidenceClass.values()) {
      Duration age = retain.ages().get(evidenceClass.word());
      Long bytesMax = retain.bytes().get(evidenceClass.word());
      if (age != null) {
        ages.put(evidenceClass, age);
      }
      if (bytesMax != null) {
        bytes.put(evidenceClass, bytesMax);
      }
    }
    return new RetentionLimits(
        ages, retain.ages().get(Retain.ALL), bytes, retain.bytes().get(Retain.ALL));
  }

  private static void register(Metrics metrics, Holds holds, RetentionCounters counters) {
    metrics.gauge("whorl_held", "Evidence that must not be purged.", holds::size);
    metrics.counter("whorl_purged_total", "Evidence purged.", counters::byLimit, "by", "limit");
    metrics.counter("whorl_purged_total", "Evidence purged.", counters::byToken, "by", "token");
    metrics.counter("whorl_purged_bytes_total", "Bytes of purged evidence.", counters::purgedBytes);
    metrics.counter(
        "whorl_purged_freed_bytes_total",
        "Bytes of content removed, which no other evidence has.",
        counters::freedBytes);
    metrics.counter(
        "whorl_retention_locked_total",
        "Evidence locked in the object store until its limit by age.",
        counters::locked);
    metrics.counter(
        "whorl_retention_failures_total",
        "Passes and removals that are tried again.",
        counters::failures);
  }
}
