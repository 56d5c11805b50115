package whorl.collector.store.objects.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.FileDigest;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

/**
 * A folder with copies of objects, by digest, bounded in bytes. A copy is trusted only after its
 * SHA-256 was computed: while it is fetched, and once more at its first use after a restart. What
 * was not used for longest goes first, and never while it is in use. Threads that want the same
 * object fetch it once. An object larger than the cache goes after its use. Thread-safe; one
 * process uses the folder.
 *
 * <pre>
 * &lt;2 hex&gt;/&lt;sha-256&gt;   an object
 * fetching/…          an object that is being fetched
 * lock                held by the process that uses the folder
 * </pre>
 */
public final class ObjectCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectCache.class);

  private final CacheFolder folder;
  private final Limits limits;
  private final LongSupplier freeBytes;
  private final FileChannel lock;

  /** In the order of their last use. */
  private final LinkedHashMap<Digest, CachedObject> objects = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Digest, CompletableFuture<Void>> fetching = new HashMap<>();
  private long bytes;
  private final LongAdder hits = new LongAdder();
  private final LongAdder fetches = new LongAdder();
  private final LongAdder damaged = new LongAdder();

  /**
   * The limits.
   *
   * @param maxBytes of all objects together, except those that are in use and larger than the cache
   * @param freeReserveBytes of the disk that stay free
   */
  public record Limits(long maxBytes, long freeReserveBytes) {}

  /** Where an object comes from if the cache does not have it. */
  public interface Source {
    /**
     * @throws NoSuchFileException if it does not exist
     */
    long bytes() throws IOException;

    InputStream open() throws IOException;
  }

  private ObjectCache(CacheFolder folder, Limits limits, LongSupplier freeBytes, FileChannel lock) {
    this.folder = folder;
    this.limits = limits;
    this.freeBytes = freeBytes;
    this.lock = lock;
  }

  /**
   * Opens or creates the cache. Copies of an earlier process stay, as far as there is room.
   *
   * @param freeBytes returns the free space on the folder's disk
   * @throws IOException also if another process uses the folder
   */
  public static ObjectCache open(Path folder, Limits limits, LongSupplier freeBytes)
      throws IOException {
    Disk.LOCAL.createFolders(folder);
    FileChannel lock = lock(folder);
    try {
      CacheFolder files = CacheFolder.open(folder);
      ObjectCache cache = new ObjectCache(files, limits, freeBytes, lock);
      for (Map.Entry<Digest, Path> each : files.oldestFirst().entrySet()) {
        cache.add(
            each.getKey(),
            new CachedObject(each.getValue(), Files.size(each.getValue()), false, false));
      }
      cache.makeRoom(0);
      return cache;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException ofThisProcess) {
      // the same sentence
    }
    channel.close();
    throw new IOException(
        "another collector uses the cache " + folder + "; give each its own: --cache DIR");
  }

  /**
   * The object as a file, fetched if need be. It stays until it is closed.
   *
   * @throws IOException also if what comes from the source is not this object, or the disk has no
   *     room
   */
  public EvidenceStore.Content get(Digest sha256, Source source) throws IOException {
    while (true) {
      CompletableFuture<Void> mine = new CompletableFuture<>();
      CompletableFuture<Void> others = null;
      CachedObject object;
      synchronized (this) {
        object = objects.get(sha256);
        if (object != null) {
          object.uses++;
        } else {
          others = fetching.putIfAbsent(sha256, mine);
        }
      }
      if (object != null) {
        if (isRight(sha256, object)) {
          hits.increment();
          return use(sha256, object);
        }
      } else if (others == null) {
        return fetch(sha256, source, mine);
      } else {
        await(sha256, others);
      }
    }
  }

  private static void await(Digest sha256, CompletableFuture<Void> fetch) throws IOException {
    try {
      fetch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while content " + sha256 + " was fetched", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoSuchFileException absent) {
        throw absent;
      }
      if (e.getCause() instanceof WrongContentException damaged) {
        throw damaged;
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    }
  }

  private EvidenceStore.Content fetch(Digest sha256, Source source, CompletableFuture<Void> fetch)
      throws IOException {
    try {
      long size = source.bytes();
      boolean passing = size > limits.maxBytes();
      synchronized (this) {
        makeRoom(passing ? 0 : size);
        requireFree(sha256, size);
      }
      fetches.increment();
      Path file = folder.fetch(sha256, source);
      CachedObject object = new CachedObject(file, Files.size(file), passing, true);
      synchronized (this) {
        object.uses = 1;
        add(sha256, object);
        fetching.remove(sha256);
        makeRoom(0);
      }
      fetch.complete(null);
      return use(sha256, object);
    } catch (IOException | RuntimeException | Error e) {
      if (e instanceof WrongContentException) {
        damaged.increment();
      }
      synchronized (this) {
        fetching.remove(sha256);
      }
      fetch.completeExceptionally(e);
      throw e;
    }
  }

  private void add(Digest sha256, CachedObject object) {
    objects.put(sha256, object);
    bytes += object.passing ? 0 : object.bytes;
  }

  private void requireFree(Digest sha256, long size) throws IOException {
    while (freeBytes.getAsLong() < size + limits.freeReserveBytes()) {
      if (!evictOne()) {
        throw new IOException(
            "the disk of the cache has no room for content "
                + sha256
                + " of "
                + size
                + " bytes: make room there, or give another --cache DIR");
      }
    }
  }

  /** Evicts until so many bytes have room, or all that is left is in use. */
  private synchronized void makeRoom(long more) throws IOException {
    while (bytes + more > limits.maxBytes() && evictOne()) {
      LOG.debug("evicted an object of the cache, which has {} bytes now", bytes);
    }
  }

  private boolean evictOne() throws IOException {
    Iterator<CachedObject> oldest = objects.values().iterator();
    while (oldest.hasNext()) {
      CachedObject object = oldest.next();
      if (object.uses == 0) {
        Files.deleteIfExists(object.file);
        oldest.remove();
        bytes -= object.bytes;
        return true;
      }
    }
    return false;
  }

  /** Computes the digest of a copy of an earlier process, once. Ends the use of a wrong one. */
  private boolean isRight(Digest sha256, CachedObject object) throws IOException {
    synchronized (object) {
      if (object.checked) {
        return true;
      }
      if (object.dropped) {
        return false;
      }
      boolean right = false;
      try {
        right = FileDigest.of(object.file).equals(sha256);
        object.checked = right;
      } catch (NoSuchFileException gone) {
        LOG.warn("content {} was deleted from the cache by someone else", sha256);
      } finally {
        if (!right) {
          object.dropped = true;
          drop(sha256, object);
        }
      }
      return right;
    }
  }

  private synchronized void drop(Digest sha256, CachedObject object) throws IOException {
    object.uses--;
    if (objects.get(sha256) == object) {
      LOG.warn("content {} is damaged in the cache: it is fetched again", sha256);
      damaged.increment();
      objects.remove(sha256);
      bytes -= object.bytes;
      Files.deleteIfExists(object.file);
    }
  }

  private EvidenceStore.Content use(Digest sha256, CachedObject object) {
    AtomicBoolean closed = new AtomicBoolean();
    return new EvidenceStore.Content() {
      @Override
      public Path file() {
        return object.file;
      }

      @Override
      public void close() {
        if (closed.compareAndSet(false, true)) {
          release(sha256, object);
        }
      }
    };
  }

  private synchronized void release(Digest sha256, CachedObject object) {
    object.uses--;
    try {
      if (object.passing && object.uses == 0 && objects.remove(sha256, object)) {
        Files.deleteIfExists(object.file);
      }
      makeRoom(0);
    } catch (IOException e) {
      LOG.warn("the cache keeps {} for now", object.file, e);
    }
  }

  /** Deletes the copy of an object, if there is one and nobody uses it. */
  public synchronized void forget(Digest sha256) throws IOException {
    CachedObject object = objects.get(sha256);
    if (object != null && object.uses == 0) {
      objects.remove(sha256);
      bytes -= object.passing ? 0 : object.bytes;
      Files.deleteIfExists(object.file);
    }
  }

  /** The bytes of all copies together. */
  public synchronized long bytes() {
    return bytes;
  }

  /** How often an object was there already. */
  public long hits() {
    return hits.sum();
  }

  /** How often an object was fetched. */
  public long fetches() {
    return fetches.sum();
  }

  /** How often content was not what its digest says, in the object store or in the cache. */
  public long damaged() {
    return damaged.sum();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  /** For tests: whether a copy is there. */
  synchronized @Nullable Path file(Digest sha256) {
    CachedObject object = objects.get(sha256);
    return object == null ? null : object.file;
  }
}
