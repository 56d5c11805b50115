package whorl.collector.receive.tus;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.verify.ManifestCheck;
import whorl.collector.limit.Client;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.uploads.PendingEvidence;
import whorl.collector.receive.uploads.Uploads;
import whorl.evidence.ArtifactName;

/** Decides whether an upload may begin, before any byte is sent. */
final class Admission {
  private final ReceiveLimits limits;
  private final Uploads uploads;
  private final LongSupplier freeBytes;
  private final ReceiverCounters counters;

  Admission(
      ReceiveLimits limits, Uploads uploads, LongSupplier freeBytes, ReceiverCounters counters) {
    this.limits = limits;
    this.uploads = uploads;
    this.freeBytes = freeBytes;
    this.counters = counters;
  }

  /**
   * Checks that one more upload of this evidence may begin.
   *
   * @param client whom the limits count: the network or the identity that the upload comes from
   * @param kept the number of artifacts that the evidence already has
   * @throws whorl.collector.http.request.ProblemException if it may not
   */
  void admit(String client, PendingEvidence pending, int kept, @Nullable Long length)
      throws IOException {
    int room = limits.artifactsPerEvidence() + 2;
    // An agent that was taken for dead may send all artifacts once more.
    if (pending.size() >= room || pending.size() + kept >= 2 * room) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          422,
          "too many artifacts",
          "evidence "
              + pending.evidence()
              + " has "
              + limits.artifactsPerEvidence()
              + " artifacts, the maximum");
    }
    if (uploads.unfinished() >= limits.unfinishedUploads()) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          503,
          "too many uploads",
          limits.unfinishedUploads() + " uploads are unfinished; try again later",
          Map.of("Retry-After", "30"));
    }
    int unfinished = uploads.unfinishedFrom(client);
    if (unfinished >= Client.max(client, limits.unfinishedUploads() / 2)) {
      counters.refusedForLimits.increment();
      throw Tus.problem(
          503,
          "too many uploads",
          unfinished + " uploads from " + client + " are unfinished; finish some of them first",
          Map.of("Retry-After", "30"));
    }
    requireRoom(length == null ? 0 : length);
    if (!uploads.slots().take(pending.evidence(), client)) {
      counters.waitsForSlot.increment();
      // Spread the retries, so that waiting agents do not all return at once.
      int seconds = 1 + Math.floorMod(pending.evidence().hashCode(), 5);
      throw Tus.problem(
          503,
          "wait your turn",
          limits.evidenceAtOnce() + " pieces of evidence are being uploaded; this one has to wait",
          Map.of("Retry-After", Integer.toString(seconds), "Whorl-Wait", "slot"));
    }
  }

  /** Checks that the disk has room for {@code bytes} more. */
  void requireRoom(long bytes) {
    long free = freeBytes.getAsLong();
    if (!hasRoom(free, bytes)) {
      counters.refusedForRoom.increment();
      throw Tus.problem(
          507,
          "no room",
          "the collector's disk has "
              + free
              + " bytes left; "
              + limits.freeReserveBytes()
              + " must stay free; make room there",
          Map.of("Retry-After", "60"));
    }
  }

  /** True if the disk has room for {@code bytes} more. */
  boolean hasRoom(long bytes) {
    return hasRoom(freeBytes.getAsLong(), bytes);
  }

  private boolean hasRoom(long free, long bytes) {
    return free - limits.freeReserveBytes() >= bytes;
  }

  /** The maximum size of this artifact in bytes. */
  long maxBytes(ArtifactName name) {
    boolean small = name.equals(ArtifactName.MANIFEST) || name.equals(ArtifactName.ENVELOPE);
    return small ? ManifestCheck.MANIFEST_MAX_BYTES : limits.artifactMaxBytes();
  }
}
