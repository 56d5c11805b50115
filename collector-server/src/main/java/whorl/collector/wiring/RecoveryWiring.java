package whorl.collector.wiring;

import org.jspecify.annotations.Nullable;
import whorl.collector.http.server.Metrics;
import whorl.collector.receive.seal.RecoveryCounters;
import whorl.collector.receive.seal.RecoveryTask;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.wiring.base.Foundation;
import whorl.collector.wiring.base.Sharing;
import whorl.evidence.Text;

/** Starts recovery, and shows what is missing. */
final class RecoveryWiring {
  private RecoveryWiring() {}

  /**
   * Shows what the receiver found at the start; for a shared store, starts the recovery that looks
   * through it beside the requests.
   */
  static void start(Foundation base, Receiver receiver) {
    Sharing sharing = base.sharing();
    RecoveryTask task =
        base.store() instanceof SharedStore shared
            ? receiver.startRecovery(shared, base.database(), sharing.leases(), sharing.isShared())
            : null;
    Metrics metrics = base.metrics();
    metrics.gauge(
        "whorl_evidence_lost",
        "Evidence that custody lists as kept, and whose record is missing.",
        () -> task == null ? receiver.lost() : task.lost());
    base.readiness().addOptional(() -> problem(receiver, task));
    if (task != null) {
      base.closeFirst(task);
      register(metrics, task);
    }
  }

  private static @Nullable String problem(Receiver receiver, @Nullable RecoveryTask task) {
    if (task != null) {
      return task.problem();
    }
    return receiver.lost() == 0
        ? null
        : "lost: " + Text.counted(receiver.lost(), "piece of evidence");
  }

  private static void register(Metrics metrics, RecoveryTask task) {
    RecoveryCounters counters = task.counters();
    metrics.gauge(
        "whorl_evidence_incomplete",
        "Evidence with content that the object store lacks.",
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
