package whorl.collector.receive;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.custody.CustodyLog;
import whorl.collector.http.Route;
import whorl.collector.store.Catalog;
import whorl.collector.store.DataFolder;
import whorl.collector.store.Disk;
import whorl.collector.store.EvidenceRecord;
import whorl.collector.store.EvidenceStore;
import whorl.collector.store.Trash;
import whorl.evidence.Id;

/**
 * Takes evidence from agents: resumable uploads, then the seal, then the answer. Nothing is
 * acknowledged as sealed before it is on the medium, and whatever an earlier run was in the middle
 * of is brought to its end before the first request is taken.
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

  /**
   * What the receiver works with.
   *
   * @param freeBytes what the disk of the data folder has left
   * @param nanoClock for durations, as {@link System#nanoTime}
   * @param recovering told how many pieces of evidence are left to be brought to their end
   */
  public record Surroundings(
      DataFolder folder,
      Disk disk,
      EvidenceStore store,
      Catalog catalog,
      CustodyLog custody,
      EnrolledKeys keys,
      AgentServices services,
      SealListener listener,
      LongSupplier freeBytes,
      InstantSource clock,
      LongSupplier nanoClock,
      IntConsumer recovering) {}

  /** Opens the receiver and mends what an earlier run has left. */
  public static Receiver open(Surroundings with, ReceiveLimits limits) throws IOException {
    ReceiverCounters counters = new ReceiverCounters();
    UploadRegistry uploadRegistry =
        UploadRegistry.open(with.folder(), with.disk(), with.clock(), counters);
    Committer committer =
        new Committer(with.store(), with.custody(), with.catalog(), with.listener(), counters);
    Sealer sealer =
        new Sealer(with, limits.freeReserveBytes(), committer, uploadRegistry, counters);
    Trash trash = new Trash(with.folder(), with.disk(), with.clock());
    Set<Id> lost =
        new Recovery(with.store(), with.catalog(), with.custody(), uploadRegistry, sealer, trash)
            .run(with.recovering());
    UploadSlots slots = new UploadSlots(limits.evidenceAtOnce(), with.nanoClock());
    UploadRoutes routes = new UploadRoutes(with, limits, uploadRegistry, sealer, slots, counters);
    Receiver receiver =
        new Receiver(uploadRegistry, sealer, routes, slots, limits, with.clock(), counters, lost);
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

  /** Uploads whose bytes are not all here. */
  public int unfinishedUploads() {
    return uploadRegistry.unfinished();
  }

  /** Whether artifacts of this evidence lie here that are not sealed yet. */
  public boolean underWay(Id evidence) {
    return uploadRegistry.of(evidence) != null;
  }

  /** How much evidence was kept and was not here at the start. */
  public int lost() {
    return lost.size();
  }

  /** Pieces of evidence that hold a slot. */
  public int evidenceInUpload() {
    return slots.taken();
  }

  /**
   * Keeps what has come of the evidence whose agents have not been heard of for too long. To be
   * called now and then, such as once a minute; an upload that is at work is left alone.
   */
  public void expire() {
    Instant before = clock.instant().minus(limits.expiry());
    for (PendingEvidence pending : uploadRegistry.all()) {
      if (pending.lastActive().isBefore(before)) {
        try {
          keepPartial(pending, "the agent sent nothing for " + limits.expiry());
        } catch (IOException | RuntimeException | Error e) {
          LOG.warn("evidence {} has expired and could not be kept yet", pending.evidence(), e);
        }
      }
    }
  }

  /**
   * Keeps what has come of a capture whose agent is known to be gone.
   *
   * @param why for the record and custody, such as {@code the agent is gone}
   * @return the evidence; null where nothing of it is under way, or an upload is at work still
   */
  public @Nullable EvidenceRecord sealPartial(Id capture, String why) throws IOException {
    for (PendingEvidence pending : uploadRegistry.all()) {
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

  /** All or none; false when one of them is at work. */
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
