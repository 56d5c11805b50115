package whorl.agent.ship;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.ship.net.ShipMetrics;
import whorl.agent.ship.spool.StoredEvidence;
import whorl.agent.ship.tus.ShipResult;
import whorl.agent.ship.tus.Transfer;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;

/**
 * Reports to the collector how far evidence is shipped, at most once a second while bytes flow.
 * Used only on {@code whorl-ship}.
 */
final class TransferReports {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final Id agent;
  private final ShipMetrics metrics;
  private final Consumer<AgentMessage.CaptureProgress> progress;
  private long reportedNanos;

  /**
   * @param agent this agent's id
   * @param progress takes the reports
   */
  TransferReports(Id agent, ShipMetrics metrics, Consumer<AgentMessage.CaptureProgress> progress) {
    this.agent = agent;
    this.metrics = metrics;
    this.progress = progress;
  }

  /** The collector has acknowledged this many bytes more. */
  void progressed(Transfer transfer, long bytes) {
    metrics.bytesShipped.addAndGet(bytes);
    if (System.nanoTime() - reportedNanos > INTERVAL_NANOS) {
      shipping(transfer);
    }
  }

  /** An attempt begins or goes on. */
  void shipping(Transfer transfer) {
    reportedNanos = System.nanoTime();
    report(transfer.evidence(), CaptureState.SHIPPING, transfer.shippedBytes(), null);
  }

  /** The collector will never accept this evidence. */
  void rejected(StoredEvidence evidence, ShipResult.Rejected no) {
    report(
        evidence,
        CaptureState.FAILED,
        0,
        "the collector rejects the evidence (" + no.status() + "): " + no.reason());
  }

  private void report(
      StoredEvidence evidence, CaptureState state, long bytes, @Nullable String reason) {
    // Skips captures of an earlier JVM, which are not of this agent's channel, and captures that
    // still run.
    if (evidence.sealed() && evidence.agent().equals(agent)) {
      progress.accept(
          new AgentMessage.CaptureProgress(
              evidence.capture(), evidence.evidence(), state, bytes, evidence.bytes(), reason));
    }
  }
}
