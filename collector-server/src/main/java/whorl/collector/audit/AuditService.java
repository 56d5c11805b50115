package whorl.collector.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.audit.AuditLedger;
import whorl.collector.store.database.Database;

/** Opens the audit. */
public final class AuditService {
  private static final Duration WORK_EVERY = Duration.ofSeconds(1);

  private AuditService() {}

  /**
   * Opens it, and returns its routes.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static List<Route> open(
      Database database,
      CustodyLog custody,
      Origins origins,
      InstantSource clock,
      Metrics metrics,
      List<AutoCloseable> closing) {
    AuditLedger ledger = new AuditLedger(database);
    AuditIndex index = new AuditIndex(custody, ledger, origins, new OriginLedger(database), clock);
    closing.add(0, PeriodicTasks.start("audit", WORK_EVERY, index::work));
    metrics.gauge(
        "whorl_audit_behind",
        "Entries of the custody log that the audit does not list yet.",
        () -> behind(index));
    return new AuditRoutes(index, ledger, clock).routes();
  }

  private static long behind(AuditIndex index) {
    try {
      return index.behind();
    } catch (IOException e) {
      return -1; // the records do not answer, and readiness says so
    }
  }
}
