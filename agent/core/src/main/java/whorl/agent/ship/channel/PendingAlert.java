package whorl.agent.ship.channel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.AgentMessage.AlertRaised;
import whorl.evidence.channel.CollectorMessage.AlertVerdict;

/**
 * An alert that has no verdict yet. Its verdict may be completed on any thread; everything else is
 * guarded by the {@link Outbox}.
 */
final class PendingAlert {
  private final CompletableFuture<AlertVerdict> verdict = new CompletableFuture<>();
  private AlertRaised alert;
  private long bytes;
  private boolean sent;
  private boolean isComplete;

  PendingAlert(AlertRaised alert) {
    this.alert = alert;
    this.bytes = MessageBytes.of(alert);
  }

  Id id() {
    return alert.alert().id();
  }

  String rule() {
    return alert.alert().rule();
  }

  Level level() {
    return alert.alert().level();
  }

  /** Approximate heap bytes. */
  long bytes() {
    return bytes;
  }

  /** Adds the journal; returns the additional bytes. */
  long complete(List<EventLine> journal) {
    long before = bytes;
    alert = new AlertRaised(alert.alert(), alert.capture(), journal, alert.joined());
    bytes = MessageBytes.of(alert);
    isComplete = true;
    return bytes - before;
  }

  boolean isSelfTest() {
    return Outbox.isSelfTest(alert);
  }

  boolean isSent() {
    return sent;
  }

  /**
   * True if it has to be sent now.
   *
   * @param ahead true if it may be sent before its journal
   */
  boolean isDue(boolean ahead) {
    return !sent && (ahead || isComplete || isSelfTest());
  }

  /** Returns it to be sent. */
  AlertRaised send() {
    sent = true;
    return alert;
  }

  /** The connection that it was sent over is gone. */
  void sendAgain() {
    sent = false;
  }

  CompletableFuture<AlertVerdict> verdict() {
    return verdict;
  }

  void answered(AlertVerdict answer) {
    verdict.complete(answer);
  }

  /** Lets the capture go on without the collector. */
  void unreachable() {
    verdict.complete(new AlertVerdict(id(), true, "the collector is unreachable"));
  }
}
