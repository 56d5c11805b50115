package whorl.collector.receive.tus;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Route;
import whorl.collector.receive.AgentConnections;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.seal.Recovery;
import whorl.collector.receive.seal.RecoveryTask;
import whorl.collector.receive.seal.Sealer;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.UploadInUseException;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.Trash;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.outage.OneByOne;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * Receives evidence from agents: resumable uploads, then the seal, then the response. The receiver
 * acknowledges a seal only when it is on the medium. It finishes the interrupted work of an earlier
 * run before it accepts the first request.
 */
public final class Receiver implements AutoCloseable {
  /** How long evidence waits for an agent that is connected to no collector. */
  static final Duration GONE_EXPIRY = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

  private final ReceiverDependencies dependencies;
  private final Uploads uploads;
  private final Sealer sealer;
  private final Recovery recovery;
  private final UploadRoutes routes;
  private final ReceiveLimits limits;
  private final ReceiverCounters counters;
  private final Set<Id> lost;
  private final long openedNanos;

  private Receiver(
      ReceiverDependencies dependencies,
      Uploads uploads,
      Sealer sealer,
      Recovery recovery,
      UploadRoutes routes,
      ReceiveLimits limits,
      ReceiverCounters counters,
      Set<Id> lost) {
    this.dependencies = dependencies;
    this.lost = lost;
    this.uploads = uploads;
    this.recovery = recovery;
    this.sealer = sealer;
    this.routes = routes;
    this.limits = limits;
    this.counters = counters;
    this.openedNanos = dependencies.nanoClock().getAsLong();
  }

  /** Opens the uploads that a receiver works on. */
  @FunctionalInterface
  public interface Opening {
    Uploads open(ReceiverDependencies dependencies, ReceiveLimits limits, ReceiverCounters counters)
        throws IOException;
  }

  /** Opens a receiver, and repairs what an earlier run or a dead collector left behind. */
  public static Receiver open(
      ReceiverDependencies dependencies, ReceiveLimits limits, Opening opening) throws IOException {
    ReceiverCounters counters = new ReceiverCounters();
    Uploads uploads = opening.open(dependencies, limits, counters);
    try {
      Sealer sealer = new Sealer(dependencies, limits.freeReserveBytes(), uploads, counters);
      Trash trash = new Trash(dependencies.folder(), dependencies.disk(), dependencies.clock());
      Recovery recovery =
          new Recovery(
              dependencies.store(),
              dependencies.catalog(),
              dependencies.custody(),
              uploads,
              sealer,
              trash);
      Set<Id> lost = recovery.run(dependencies.recovering());
      UploadRoutes routes = new UploadRoutes(dependencies, limits, uploads, sealer, counters);
      Receiver receiver =
          new Receiver(dependencies, uploads, sealer, recovery, routes, limits, counters, lost);
      receiver.expire(AgentConnections.UNKNOWN);
      return receiver;
    } catch (IOException | RuntimeException | Error e) {
      uploads.close();
      throw e;
    }
  }

  /** The tus endpoints. */
  public List<Route> routes() {
    return routes.routes();
  }

  public ReceiverCounters counters() {
    return counters;
  }

  /** The number of uploads whose bytes are not all here. */
  public int unfinishedUploads() throws IOException {
    return uploads.unfinished();
  }

  /** True if artifacts of this evidence are here that are not sealed yet. */
  public boolean underWay(Id evidence) throws IOException {
    return uploads.contains(evidence);
  }

  /**
   * Starts the recovery of what several collectors share.
   *
   * @param store that these collectors share
   * @param isShared true if custody is in the database too
   */
  public RecoveryTask startRecovery(
      SharedStore store, Database database, Leases leases, boolean isShared) {
    return RecoveryTask.start(
        store, database, dependencies.catalog(), dependencies.custody(), uploads, leases, isShared);
  }

  /**
   * The number of pieces of evidence that were missing at the start although custody lists them as
   * kept.
   */
  public int lost() {
    return lost.size();
  }

  /** The number of pieces of evidence that hold a slot. */
  public int evidenceInUpload() throws IOException {
    return uploads.slots().taken();
  }

  /**
   * Seals as partial the evidence of agents that were silent for longer than the limit, or for ten
   * minutes if they are connected nowhere, and finishes what collectors that died have begun. Call
   * it regularly, for instance once a minute. Uploads that are in use are skipped. Several
   * collectors may do it at the same time.
   *
   * @param connections tells which agents are there
   */
  public void expire(AgentConnections connections) {
    OneByOne steps = new OneByOne();
    try {
      steps.run("work that was interrupted", recovery::resume);
      steps.run("uploads of silent agents", () -> expireIdle(connections));
      steps.run("what is left of uploads", uploads::clean);
      steps.end();
    } catch (IOException | RuntimeException e) {
      LOG.warn("uploads cannot be looked through for expired ones now", e);
    }
  }

  private void expireIdle(AgentConnections connections) throws IOException {
    String nothingCame =
        "the agent sent nothing for " + Text.counted(limits.expiry().toHours(), "hour");
    String gone =
        "the agent was connected no more, and sent nothing for "
            + Text.counted(GONE_EXPIRY.toMinutes(), "minute");
    Set<Id> silent = uploads.idle(limits.expiry()).keySet();
    for (Id evidence : silent) {
      expire(evidence, AgentConnections.NONE, nothingCame);
    }
    if (!agentsCouldConnect()) {
      return;
    }
    for (Map.Entry<Id, Id> each : uploads.idle(GONE_EXPIRY).entrySet()) {
      // a first look without a turn: many connected agents may wait with much
      if (!silent.contains(each.getKey()) && !connections.has(each.getValue())) {
        expire(each.getKey(), connections, gone);
      }
    }
  }

  /** False soon after the start, when agents that are well have not connected again. */
  private boolean agentsCouldConnect() {
    long age = dependencies.nanoClock().getAsLong() - openedNanos;
    return age > GONE_EXPIRY.toNanos();
  }

  private void expire(Id evidence, AgentConnections connections, String why) {
    try (PendingEvidence pending = uploads.turn(evidence)) {
      if (pending != null && !connections.has(pending.agent()) && pending.lockAll()) {
        EvidenceRecord unused = sealer.keepPartial(pending, why);
      }
    } catch (UploadInUseException atWork) {
      LOG.debug("evidence {} is in use, so it has not expired", evidence);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("evidence {} has expired, but cannot be sealed yet", evidence, e);
    }
  }

  /** Gives back what this collector has locked; others go on. */
  @Override
  public void close() {
    uploads.close();
  }
}
