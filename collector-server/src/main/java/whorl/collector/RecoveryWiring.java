package whorl.collector;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.server.Metrics;
import whorl.collector.receive.seal.RecoveryCounters;
import whorl.collector.receive.seal.RecoveryTask;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.shared.SharedStore;

/** Starts recovery, and shows what is missing. */
final class RecoveryWiring {
  private RecoveryWiring() {}

  /**
   * Shows what the receiver found at the start; for a shared store, starts the recovery that looks
   * through it beside the requests.
   *
   * @param closing receives what must be closed, last opened first
   */
  static void start(
      Receiver receiver,
      EvidenceStore store,
      Database database,
      Sharing sharing,
      Metrics metrics,
      Readiness readiness,
      List<AutoCloseable> closing) {
    RecoveryTask task =
        store instanceof SharedStore shared
            ? receiver.startRecovery(shared, database, sharing.leases(), sharing.isShared())
            : null;
    metrics.gauge(
        "whorl_evidence_lost",
        "Evidence that custody lists as kept, and whose record is missing.",
        () -> task == null ? receiver.lost() : task.lost());
    readiness.addOptional(() -> problem(receiver, task));
    if (task != null) {
      closing.add(0, task);
      register(metrics, task);
    }
  }

  private static @Nullable String problem(Receiver receiver, @Nullable RecoveryTask task) {
    if (task != null) {
      return task.problem();
    }
    return receiver.lost() == 0 ? null : receiver.lost() + " pieces of evidence are lost";
  }

  private static void register(Metrics metrics, RecoveryTask task) {
    RecoveryCounters counters = task.counters();
    metrics.gauge(
        "whorl_evidence_incomplete",
        "Evidence of which the object store lacks some content.",
        task::incomplete);
    metrics.counter(
        "whorl_recovery_passes_total", "Complete passes of recovery here.", counters::passes);
    String name = "whorl_recovery_total";
    String help = "What recovery changed.";
    metrics.counter(name, help, counters::found, "what", "evidence_found");
    metrics.counter(name, help, counters::catalogued, "what", "catalog");
    metrics.counter(name, help, counters::swept, "what", "content_deleted");
    metrics.counter(name, help, counters::locked, "what", "content_locked");
  }
}
