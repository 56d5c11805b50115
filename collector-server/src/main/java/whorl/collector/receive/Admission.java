package whorl.collector.receive;

import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.ManifestCheck;
import whorl.evidence.ArtifactName;

/** The door: whoever can't be taken in is told so before a byte of theirs is lost. */
final class Admission {
  private final ReceiveLimits limits;
  private final UploadRegistry uploadRegistry;
  private final UploadSlots slots;
  private final LongSupplier freeBytes;
  private final ReceiverCounters counters;

  Admission(
      ReceiveLimits limits,
      UploadRegistry uploadRegistry,
      UploadSlots slots,
      LongSupplier freeBytes,
      ReceiverCounters counters) {
    this.limits = limits;
    this.uploadRegistry = uploadRegistry;
    this.slots = slots;
    this.freeBytes = freeBytes;
    this.counters = counters;
  }

  /**
   * May one more upload of this evidence begin?
   *
   * @param address where it comes from
   * @param kept how many artifacts it has already
   */
  void admit(String address, PendingEvidence pending, int kept, @Nullable Long length) {
    int room = limits.artifactsPerEvidence() + 2;
    // an agent that was taken for dead may send all of it once more
    if (pending.size() >= room || pending.size() + kept >= 2 * room) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          422,
          "too many artifacts",
          "evidence "
              + pending.evidence()
              + " has "
              + limits.artifactsPerEvidence()
              + " artifacts; more are not taken");
    }
    if (uploadRegistry.unfinished() >= limits.unfinishedUploads()) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          503,
          "too many uploads",
          limits.unfinishedUploads() + " uploads are unfinished; try again later",
          Map.of("Retry-After", "30"));
    }
    int ofAddress = uploadRegistry.unfinishedOf(address);
    if (ofAddress >= limits.unfinishedUploads() / 2) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          503,
          "too many uploads",
          ofAddress + " uploads from " + address + " are unfinished; end some of them",
          Map.of("Retry-After", "30"));
    }
    needRoom(length == null ? 0 : length);
    if (!slots.take(pending.evidence(), address)) {
      counters.waitsForSlot.increment();
      // Spread, so that those who wait do not come back all at once.
      int seconds = 1 + Math.floorMod(pending.evidence().hashCode(), 5);
      throw Tus.problem(
          503,
          "wait your turn",
          limits.evidenceAtOnce() + " pieces of evidence are in upload; this one waits",
          Map.of("Retry-After", Integer.toString(seconds), "Whorl-Wait", "slot"));
    }
  }

  /** May so many more bytes be written? */
  void needRoom(long bytes) {
    long free = freeBytes.getAsLong();
    if (free - limits.freeReserveBytes() < bytes) {
      counters.refusedForRoom.increment();
      throw Tus.problem(
          507,
          "no room",
          "the collector's disk has "
              + free
              + " bytes left, of which "
              + limits.freeReserveBytes()
              + " are kept free; make room there",
          Map.of("Retry-After", "60"));
    }
  }

  /** The longest this artifact may be. */
  long maxBytes(ArtifactName name) {
    boolean small = name.equals(ArtifactName.MANIFEST) || name.equals(ArtifactName.ENVELOPE);
    return small ? ManifestCheck.MANIFEST_MAX_BYTES : limits.artifactMaxBytes();
  }
}
