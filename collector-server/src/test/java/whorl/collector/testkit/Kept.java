package whorl.collector.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.cases.CaseRoutes;
import whorl.collector.cases.Cases;
import whorl.collector.cases.HoldRoutes;
import whorl.collector.cases.Holds;
import whorl.collector.cases.VisibleCases;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.retention.Purge;
import whorl.collector.retention.PurgeListener;
import whorl.collector.retention.Retention;
import whorl.collector.retention.RetentionCounters;
import whorl.collector.retention.RetentionRoutes;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.triage.GravestLedger;

/** Cases, holds and retention of a {@link TestCollector}; passes run when a test says so. */
public final class Kept implements AutoCloseable {
  public final Holds holds;
  public final Cases cases;
  public final Purge purge;
  public final Retention retention;
  public final RetentionCounters counters;
  public final FakeClient viewer;
  public final FakeClient responder;
  public final FakeClient admin;

  private Kept(TestCollector of, TestCollector.World world) throws IOException {
    holds = new Holds(of.store, of.custody);
    CaseLedger ledger = new CaseLedger(of.casesDatabase);
    ScopedRows rows = new ScopedRows(of.database);
    cases = Cases.open(ledger, holds, of.custody, world.clock(), evidence -> "");
    counters = new RetentionCounters();
    List<PurgeListener> listeners = new ArrayList<>(world.forgetting);
    listeners.add(cases::purged);
    purge =
        new Purge(
            of.store, of.catalog, of.custody, holds, of.receiver::underWay, listeners, counters);
    retention =
        new Retention(
            world.limits,
            of.catalog,
            holds,
            of.store,
            purge,
            of.custody,
            world.clock(),
            world.nanos::get,
            counters,
            () -> true,
            false);
    List<Route> routes =
        new ArrayList<>(
            new CaseRoutes(
                    cases,
                    new VisibleCases(ledger, rows, new OriginLedger(of.database)),
                    (scope, evidence) -> true,
                    new GravestLedger(of.database),
                    world.freeBytes::get)
                .routes());
    routes.addAll(new HoldRoutes(holds, of.store, rows, world.freeBytes::get).routes());
    routes.addAll(new RetentionRoutes(retention, of.catalog, holds).routes());
    viewer = new FakeClient(routes, Role.VIEWER);
    responder = new FakeClient(routes, Role.RESPONDER);
    admin = new FakeClient(routes, Role.ADMIN);
  }

  static Kept open(TestCollector of, TestCollector.World world) throws IOException {
    return new Kept(of, world);
  }

  @Override
  public void close() {
    try {
      retention.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
