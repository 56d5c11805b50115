package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import whorl.collector.cases.CaseRoutes;
import whorl.collector.cases.Cases;
import whorl.collector.cases.HoldRoutes;
import whorl.collector.cases.Holds;
import whorl.collector.cases.VisibleCases;
import whorl.collector.config.Retain;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.retention.Purge;
import whorl.collector.retention.PurgeListener;
import whorl.collector.retention.Retention;
import whorl.collector.retention.RetentionCounters;
import whorl.collector.retention.RetentionLimits;
import whorl.collector.retention.RetentionRoutes;
import whorl.collector.store.access.Thing;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.collector.store.triage.GravestLedger;

/** Wires cases, holds and retention. */
record RetentionWiring(Cases all, VisibleCases cases, List<Route> routes) {
  /**
   * The existing parts that these need.
   *
   * @param locks true if evidence is locked in the object store until its limit by age
   */
  record Parts(
      Database cases,
      Scopes scopes,
      EvidenceStore store,
      Catalog catalog,
      GravestLedger gravest,
      CustodyLog custody,
      Receiver receiver,
      LongSupplier freeBytes,
      InstantSource clock,
      Sharing sharing,
      boolean locks) {}

  private static final Duration LEASE = Duration.ofSeconds(30);

  /**
   * Opens the parts and starts the first retention pass.
   *
   * @param purgeListeners more listeners for purges
   * @param closing receives what must be closed, last opened first
   */
  static RetentionWiring open(
      Parts parts,
      Retain retain,
      List<PurgeListener> purgeListeners,
      Metrics metrics,
      List<AutoCloseable> closing)
      throws IOException {
    Holds holds = new Holds(parts.store(), parts.custody());
    CaseLedger ledger = new CaseLedger(parts.cases());
    Scopes scopes = parts.scopes();
    Cases cases =
        Cases.open(
            ledger,
            holds,
            parts.custody(),
            parts.clock(),
            evidence -> scopes.origins().idOf(Thing.EVIDENCE, evidence));
    VisibleCases visible = new VisibleCases(ledger, scopes.rows(), scopes.ledger());
    List<PurgeListener> listeners = new ArrayList<>(purgeListeners);
    listeners.add(cases::purged);
    RetentionCounters counters = new RetentionCounters();
    Purge purge =
        new Purge(
            parts.store(),
            parts.catalog(),
            parts.custody(),
            holds,
            parts.receiver()::underWay,
            listeners,
            counters);
    Retention retention =
        new Retention(
            limits(retain),
            parts.catalog(),
            holds,
            parts.store(),
            purge,
            parts.custody(),
            parts.clock(),
            System::nanoTime,
            counters,
            turn(parts.sharing(), closing),
            parts.locks());
    closing.add(0, retention);
    retention.start();
    register(metrics, holds, counters);
    List<Route> routes =
        new ArrayList<>(
            new CaseRoutes(cases, visible, scopes::seesEvidence, parts.gravest(), parts.freeBytes())
                .routes());
    routes.addAll(new HoldRoutes(holds, parts.store(), scopes.rows(), parts.freeBytes()).routes());
    routes.addAll(new RetentionRoutes(retention, parts.catalog(), holds).routes());
    return new RetentionWiring(cases, visible, List.copyOf(routes));
  }

  /** Of several collectors, the one that has the lease {@code retention} purges by limits. */
  private static BooleanSupplier turn(Sharing sharing, List<AutoCloseable> closing) {
    if (!sharing.isShared()) {
      return () -> true;
    }
    KeptLease lease = sharing.leases().keep("retention", LEASE, new Unheard());
    closing.add(0, lease::close);
    return () -> lease.lease() != null;
  }

  /** The lease is asked before each step. */
  private static final class Unheard implements KeptLease.Listener {
    @Override
    public void taken(Leases.Lease lease) {}

    @Override
    public void lost(Leases.Lease lease) {}
  }

  static RetentionLimits limits(Retain retain) {
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
