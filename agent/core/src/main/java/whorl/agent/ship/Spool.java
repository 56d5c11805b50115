package whorl.agent.ship;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Id;

/**
 * Keeps evidence until the collector has acknowledged it: in a writable folder, where it outlives
 * the JVM, or in bounded memory. When room runs out the oldest complete evidence goes first, and is
 * counted; what is being captured or shipped right now never goes. Any thread may call.
 */
public final class Spool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  private final SpoolStorage spoolStorage;
  private final long maxBytes;

  /** In the order in which it is shipped. Guarded by this, as all that follows. */
  private final Map<Id, StoredEvidence> complete = new LinkedHashMap<>();

  private final Set<Id> copied = new HashSet<>();
  private @Nullable Id held;
  private long usedBytes;
  private long evictedEvidence;
  private long evictedBytes;
  private long refusedArtifacts;
  private @Nullable SpoolDraft growing;
  private Runnable whenThereIsMore = () -> {};

  Spool(SpoolStorage spoolStorage, long maxBytes) {
    this.spoolStorage = spoolStorage;
    this.maxBytes = maxBytes;
    for (StoredEvidence left : spoolStorage.leftovers()) {
      complete.put(left.evidence(), left);
      usedBytes += left.bytes();
    }
  }

  /**
   * A spool in a folder of the container. What an earlier JVM of the workload left there is taken
   * over.
   *
   * @param owner this JVM; its evidence lies in a folder of its name, locked while it lives
   * @param maxBytes what all evidence may take together
   * @param freeBytes what the folder's file system may still take, asked before every write
   * @throws IOException when the folder cannot be made or written to, or is open to other users; a
   *     memory spool is left then
   */
  public static Spool inFolder(Path folder, SpoolOwner owner, long maxBytes, LongSupplier freeBytes)
      throws IOException {
    return new Spool(FolderStorage.open(folder, owner, freeBytes), maxBytes);
  }

  /**
   * A spool where nothing is writable. It is lost with the JVM.
   *
   * @param maxBytes of the heap, at most
   */
  public static Spool inMemory(Id agent, long maxBytes) {
    return new Spool(new MemoryStorage(agent), maxBytes);
  }

  /**
   * Starts evidence.
   *
   * @throws IOException when there is no place for it at all
   */
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new SpoolDraft(this, evidence, spoolStorage.begin(evidence, capture), capture);
  }

  /** What is kept, in bytes, unfinished drafts included. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** Of what is kept, the bytes on this JVM's heap: all of them where no folder is writable. */
  public long heapBytes() {
    return spoolStorage.onHeap() ? usedBytes() : 0;
  }

  /** What would still fit without giving up older evidence, in bytes. */
  public synchronized long roomBytes() {
    return Math.max(0, Math.min(maxBytes - usedBytes, spoolStorage.roomBytes()));
  }

  /** How many pieces of evidence wait to be shipped. */
  public synchronized int waiting() {
    return complete.size();
  }

  /** What had to go or found no room, by counter name. */
  public synchronized Map<String, Long> losses() {
    return Map.of(
        "spool.evicted", evictedEvidence,
        "spool.evicted-bytes", evictedBytes,
        "spool.refused-artifacts", refusedArtifacts);
  }

  /** Gives the folder's locks back; what is kept stays for the next JVM. */
  @Override
  public void close() {
    spoolStorage.close();
  }

  /** Takes room for {@code bytes} more, at the expense of older evidence where need be. */
  synchronized void reserve(long bytes) throws IOException {
    while (usedBytes + bytes > maxBytes || spoolStorage.roomBytes() < bytes) {
      StoredEvidence oldest = evictable(bytes);
      if (oldest == null) {
        throw new IOException(noRoom(bytes));
      }
      evict(oldest);
    }
    usedBytes += bytes;
  }

  synchronized void giveBack(long bytes) {
    usedBytes -= bytes;
  }

  synchronized void refused() {
    refusedArtifacts++;
  }

  void committed(StoredEvidence evidence) {
    Runnable told;
    synchronized (this) {
      complete.put(evidence.evidence(), evidence);
      growing = null;
      told = whenThereIsMore;
    }
    told.run();
  }

  /** The draft, whose artifacts may be shipped as they come, has one more. */
  void grown(SpoolDraft draft) {
    Runnable told;
    synchronized (this) {
      if (draft.ended()) {
        return;
      }
      growing = draft;
      told = whenThereIsMore;
    }
    told.run();
  }

  synchronized void abandoned(SpoolDraft draft) {
    if (growing == draft) {
      growing = null;
    }
  }

  /** What there is so far of the draft whose artifacts are shipped as they come; null for none. */
  @Nullable StoredEvidence growing() {
    SpoolDraft draft;
    synchronized (this) {
      draft = growing;
    }
    return draft == null ? null : draft.soFar();
  }

  /** Who is told when evidence was committed, or an artifact more may be shipped. */
  synchronized void whenThereIsMore(Runnable told) {
    whenThereIsMore = told;
  }

  /** All that waits, in the order in which it is shipped. */
  synchronized List<StoredEvidence> complete() {
    return List.copyOf(complete.values());
  }

  /** The next to be shipped, held against eviction until {@link #release}. */
  synchronized @Nullable StoredEvidence holdNext() {
    for (StoredEvidence next : complete.values()) {
      held = next.evidence();
      return next;
    }
    return null;
  }

  /** As {@link #holdNext}, for the first that has no copy in the evidence folder. */
  synchronized @Nullable StoredEvidence holdNextUncopied() {
    for (StoredEvidence next : complete.values()) {
      if (next.sealed() && !copied.contains(next.evidence())) {
        held = next.evidence();
        return next;
      }
    }
    return null;
  }

  /** Lets the others go first: this one does not get through. */
  synchronized void toTheBack(Id evidence) {
    StoredEvidence stubborn = complete.remove(evidence);
    if (stubborn != null) {
      complete.put(evidence, stubborn);
    }
  }

  synchronized void release() {
    held = null;
  }

  /** A copy lies elsewhere: to evict it is no loss. */
  synchronized void copied(Id evidence) {
    copied.add(evidence);
  }

  /** Removes what is safe elsewhere, or wanted nowhere. */
  synchronized void remove(Id evidence) {
    StoredEvidence gone = complete.remove(evidence);
    copied.remove(evidence);
    if (gone != null) {
      usedBytes -= gone.bytes();
      gone.box().delete();
    }
  }

  private void evict(StoredEvidence oldest) {
    if (!copied.contains(oldest.evidence())) {
      evictedEvidence++;
      evictedBytes += oldest.bytes();
      log.warn(
          "evidence {} ({} bytes) was given up for newer evidence: {} is full",
          oldest.evidence(),
          oldest.bytes(),
          spoolStorage.describe());
    }
    remove(oldest.evidence());
  }

  /** The oldest that may go, copies first; null when even all of them would not make the room. */
  private @Nullable StoredEvidence evictable(long bytes) {
    StoredEvidence copy = null;
    StoredEvidence oldest = null;
    long bytesOfAll = 0;
    for (StoredEvidence candidate : complete.values()) {
      if (!candidate.evidence().equals(held)) {
        bytesOfAll += candidate.bytes();
        oldest = oldest == null ? candidate : oldest;
        copy = copy == null && copied.contains(candidate.evidence()) ? candidate : copy;
      }
    }
    boolean enough =
        usedBytes - bytesOfAll + bytes <= maxBytes
            && spoolStorage.roomBytes() >= bytes - Math.min(bytes, bytesOfAll);
    return !enough ? null : copy != null ? copy : oldest;
  }

  private String noRoom(long bytes) {
    return "no room for "
        + bytes
        + " more bytes in the spool ("
        + spoolStorage.describe()
        + ", "
        + usedBytes
        + " of "
        + maxBytes
        + " bytes used, room for "
        + spoolStorage.roomBytes()
        + "); mount a larger writable folder or ask for fewer artifacts";
  }
}
