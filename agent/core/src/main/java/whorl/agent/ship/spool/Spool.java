package whorl.agent.ship.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.evidence.Id;

/**
 * Keeps evidence until the collector has acknowledged it: in a writable folder, where it outlives
 * the JVM, or in bounded memory. If room runs out, the oldest complete evidence is evicted and
 * counted; evidence that is being captured or shipped is never evicted. Any thread may call.
 */
public final class Spool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  private final SpoolStorage spoolStorage;
  private final long maxBytes;

  /** In shipping order. Guarded by this, as are the following fields. */
  private final Map<Id, StoredEvidence> complete = new LinkedHashMap<>();

  private final Set<Id> copied = new HashSet<>();
  private @Nullable Id held;
  private long usedBytes;
  private long evictedEvidence;
  private long evictedBytes;
  private long refusedArtifacts;
  private @Nullable SpoolDraft growing;
  private Runnable whenShippable = () -> {};

  Spool(SpoolStorage spoolStorage, long maxBytes) {
    this.spoolStorage = spoolStorage;
    this.maxBytes = maxBytes;
    for (StoredEvidence leftover : spoolStorage.leftovers()) {
      complete.put(leftover.evidence(), leftover);
      usedBytes += leftover.bytes();
    }
  }

  /**
   * A spool in a folder of the container. Takes over the evidence that an earlier JVM of the
   * workload left there.
   *
   * @param owner this JVM; its evidence lies in a folder of its name, which is locked while it
   *     lives
   * @param maxBytes limit for all evidence together
   * @param freeBytes the free bytes of the folder's file system, read before every write
   * @throws IOException if the folder cannot be created or written, or is open to other users; use
   *     a memory spool then
   */
  public static Spool inFolder(Path folder, SpoolOwner owner, long maxBytes, LongSupplier freeBytes)
      throws IOException {
    return new Spool(FolderStorage.open(folder, owner, freeBytes), maxBytes);
  }

  /**
   * A spool for containers without a writable folder. It is lost with the JVM.
   *
   * @param maxBytes limit on the heap
   */
  public static Spool inMemory(Id agent, long maxBytes) {
    return new Spool(new MemoryStorage(agent), maxBytes);
  }

  /**
   * Starts evidence.
   *
   * @throws IOException if there is no room for it at all
   */
  public Draft begin(Id evidence, Id capture) throws IOException {
    return new SpoolDraft(this, evidence, spoolStorage.begin(evidence, capture), capture);
  }

  /** The bytes kept, including unfinished drafts. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** The bytes kept on this JVM's heap: all of them for a memory spool, otherwise 0. */
  public long heapBytes() {
    return spoolStorage.onHeap() ? usedBytes() : 0;
  }

  /** The bytes that still fit without evicting older evidence. */
  public synchronized long roomBytes() {
    return Math.max(0, Math.min(maxBytes - usedBytes, spoolStorage.roomBytes()));
  }

  /** Number of pieces of evidence that wait to be shipped. */
  public synchronized int waiting() {
    return complete.size();
  }

  /** Number of evictions and refusals, by counter name. */
  public synchronized Map<String, Long> losses() {
    return Map.of(
        "spool.evicted", evictedEvidence,
        "spool.evicted-bytes", evictedBytes,
        "spool.refused-artifacts", refusedArtifacts);
  }

  /** Releases the folder's locks; the evidence stays for the next JVM. */
  @Override
  public void close() {
    spoolStorage.close();
  }

  /** Reserves room for {@code bytes} more, and evicts older evidence if needed. */
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

  synchronized void unreserve(long bytes) {
    usedBytes -= bytes;
  }

  synchronized void refused() {
    refusedArtifacts++;
  }

  void committed(StoredEvidence evidence) {
    Runnable callback;
    synchronized (this) {
      complete.put(evidence.evidence(), evidence);
      growing = null;
      callback = whenShippable;
    }
    callback.run();
  }

  /** The draft, whose artifacts may be shipped before the commit, has one more. */
  void artifactAdded(SpoolDraft draft) {
    Runnable callback;
    synchronized (this) {
      if (draft.isEnded()) {
        return;
      }
      growing = draft;
      callback = whenShippable;
    }
    callback.run();
  }

  synchronized void abandoned(SpoolDraft draft) {
    if (growing == draft) {
      growing = null;
    }
  }

  /** The artifacts so far of the draft that is shipped before its commit; null if there is none. */
  public @Nullable StoredEvidence growing() {
    SpoolDraft draft;
    synchronized (this) {
      draft = growing;
    }
    return draft == null ? null : draft.snapshot();
  }

  /** Sets the callback for evidence that was committed, or an artifact that may be shipped. */
  public synchronized void whenShippable(Runnable callback) {
    whenShippable = callback;
  }

  /** All complete evidence, in shipping order. */
  synchronized List<StoredEvidence> complete() {
    return List.copyOf(complete.values());
  }

  /** The next evidence to ship, protected against eviction until {@link #release}. */
  @Nullable StoredEvidence holdNext() {
    return holdNext(evidence -> false);
  }

  /** As {@link #holdNext()}, for the first that is not skipped. */
  public synchronized @Nullable StoredEvidence holdNext(Predicate<Id> skipped) {
    for (StoredEvidence next : complete.values()) {
      if (!skipped.test(next.evidence())) {
        held = next.evidence();
        return next;
      }
    }
    return null;
  }

  /** As {@link #holdNext()}, for the first that has no copy in the evidence folder. */
  public synchronized @Nullable StoredEvidence holdNextUncopied() {
    for (StoredEvidence next : complete.values()) {
      if (next.sealed() && !copied.contains(next.evidence())) {
        held = next.evidence();
        return next;
      }
    }
    return null;
  }

  /** True if it waits to be shipped, or is shipped as it grows. */
  public synchronized boolean contains(Id evidence) {
    return complete.containsKey(evidence)
        || (growing != null && growing.evidence().equals(evidence));
  }

  /** Moves evidence that cannot be shipped now to the end. */
  public synchronized void moveToEnd(Id evidence) {
    StoredEvidence moved = complete.remove(evidence);
    if (moved != null) {
      complete.put(evidence, moved);
    }
  }

  public synchronized void release() {
    held = null;
  }

  /** There is a copy elsewhere, so evicting it is no loss. */
  public synchronized void markCopied(Id evidence) {
    copied.add(evidence);
  }

  public synchronized boolean isCopied(Id evidence) {
    return copied.contains(evidence);
  }

  /** Removes evidence that is safe elsewhere, or no longer needed. */
  public synchronized void remove(Id evidence) {
    StoredEvidence removed = complete.remove(evidence);
    copied.remove(evidence);
    if (removed != null) {
      usedBytes -= removed.bytes();
      removed.spoolEntry().delete();
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

  /**
   * The oldest evidence that may be evicted, copies first; null if even all of it would not make
   * enough room.
   */
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
        + "); mount a larger writable folder, raise spool.max-size or ask for fewer artifacts";
  }
}
