package whorl.collector.receive.tus;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Route;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.seal.Recovery;
import whorl.collector.receive.seal.Sealer;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Upload;
import whorl.collector.receive.uploads.UploadRegistry;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.Trash;
import whorl.evidence.Id;

/**
 * Receives evidence from agents: resumable uploads, then the seal, then the response. The receiver
 * acknowledges a seal only when it is on the medium. It finishes the interrupted work of an earlier
 * run before it accepts the first request.
 */
public final class Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

  private final UploadRegistry uploadRegistry;
  private final Sealer sealer;
  private final UploadRoutes routes;
  private final UploadSlots slots;
  private final ReceiveLimits limits;
  private final InstantSource clock;
  private final ReceiverCounters counters;
  private final Set<Id> lost;

  private Receiver(
      UploadRegistry uploadRegistry,
      Sealer sealer,
      UploadRoutes routes,
      UploadSlots slots,
      ReceiveLimits limits,
      InstantSource clock,
      ReceiverCounters counters,
      Set<Id> lost) {
    this.lost = lost;
    this.uploadRegistry = uploadRegistry;
    this.sealer = sealer;
    this.routes = routes;
    this.slots = slots;
    this.limits = limits;
    this.clock = clock;
    this.counters = counters;
  }

  /** Opens the receiver and repairs what an earlier run left behind. */
  public static Receiver open(ReceiverDependencies dependencies, ReceiveLimits limits)
      throws IOException {
    ReceiverCounters counters = new ReceiverCounters();
    UploadRegistry uploadRegistry =
        UploadRegistry.open(
            dependencies.folder(), dependencies.disk(), dependencies.clock(), counters);
    Sealer sealer = new Sealer(dependencies, limits.freeReserveBytes(), uploadRegistry, counters);
    Trash trash = new Trash(dependencies.folder(), dependencies.disk(), dependencies.clock());
    Set<Id> lost =
        new Recovery(
                dependencies.store(),
                dependencies.catalog(),
                dependencies.custody(),
                uploadRegistry,
                sealer,
                trash)
            .run(dependencies.recovering());
    UploadSlots slots = new UploadSlots(limits.evidenceAtOnce(), dependencies.nanoClock());
    UploadRoutes routes =
        new UploadRoutes(dependencies, limits, uploadRegistry, sealer, slots, counters);
    Receiver receiver =
        new Receiver(
            uploadRegistry, sealer, routes, slots, limits, dependencies.clock(), counters, lost);
    receiver.expire();
    return receiver;
  }

  /** The tus endpoints. */
  public List<Route> routes() {
    return routes.routes();
  }

  public ReceiverCounters counters() {
    return counters;
  }

  /** The number of uploads whose bytes are not all here. */
  public int unfinishedUploads() {
    return uploadRegistry.unfinished();
  }

  /** True if artifacts of this evidence are here that are not sealed yet. */
  public boolean underWay(Id evidence) {
    return uploadRegistry.find(evidence) != null;
  }

  /**
   * The number of pieces of evidence that were missing at the start although custody lists them as
   * kept.
   */
  public int lost() {
    return lost.size();
  }

  /** The number of pieces of evidence that hold a slot. */
  public int evidenceInUpload() {
    return slots.taken();
  }

  /**
   * Seals as partial the evidence of agents that were silent for longer than the limit. Call it
   * regularly, for instance once a minute. Uploads that are in use are skipped.
   */
  public void expire() {
    Instant before = clock.instant().minus(limits.expiry());
    for (PendingEvidence pending : uploadRegistry.allPending()) {
      if (pending.lastActive().isBefore(before)) {
        try {
          keepPartial(pending, "the agent sent nothing for " + limits.expiry());
        } catch (IOException | RuntimeException | Error e) {
          LOG.warn("evidence {} has expired, but cannot be sealed yet", pending.evidence(), e);
        }
      }
    }
  }

  /**
   * Seals as partial the received artifacts of a capture whose agent is known to be gone.
   *
   * @param why for the record and custody, such as {@code the agent is gone}
   * @return the evidence; null if the capture has no upload, or one of its uploads is in use
   */
  public @Nullable EvidenceRecord sealPartial(Id capture, String why) throws IOException {
    for (PendingEvidence pending : uploadRegistry.allPending()) {
      if (pending.capture().equals(capture)) {
        return keepPartial(pending, why);
      }
    }
    return null;
  }

  private @Nullable EvidenceRecord keepPartial(PendingEvidence pending, String why)
      throws IOException {
    synchronized (pending) {
      if (pending.closed() || !lockAll(pending)) {
        return null;
      }
      List<Upload> locked = pending.uploads();
      try {
        return sealer.keepPartial(pending, why);
      } finally {
        locked.forEach(upload -> upload.lock().unlock());
        slots.release(pending.evidence());
      }
    }
  }

  /** Locks all uploads or none; false if one of them is in use. */
  private static boolean lockAll(PendingEvidence pending) {
    List<Upload> uploads = pending.uploads();
    for (int i = 0; i < uploads.size(); i++) {
      if (!uploads.get(i).lock().tryLock()) {
        uploads.subList(0, i).forEach(upload -> upload.lock().unlock());
        return false;
      }
    }
    return true;
  }
}
