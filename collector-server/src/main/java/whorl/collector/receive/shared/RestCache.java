package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes after the last part of uploads, on this collector's disk, so that they need not be read
 * back when the next chunk comes here too: one spill for each chunk, as they were put. What another
 * collector has changed since is not used. Thread-safe.
 */
final class RestCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RestCache.class);

  private final int max;
  private final Map<String, Cached> byUpload = new LinkedHashMap<>();
  private boolean closed;

  /**
   * @param revision of the row that was saved with these bytes
   */
  private record Cached(long revision, List<Spill> rest) {}

  /**
   * @param max the number of uploads; each has up to a part
   */
  RestCache(int max) {
    this.max = max;
  }

  /** Takes the rest of a row that was just locked, to be closed by the caller; null if unknown. */
  @Nullable List<Spill> take(UploadRow row) {
    Cached cached;
    synchronized (this) {
      cached = byUpload.remove(row.id());
    }
    if (cached == null) {
      return null;
    }
    boolean same =
        cached.revision() == row.revision() - 1 && bytes(cached.rest()) == Rest.bytes(row.rest());
    if (!same) {
      close(cached.rest());
      return null;
    }
    return cached.rest();
  }

  private static long bytes(List<Spill> rest) {
    return rest.stream().mapToLong(Spill::size).sum();
  }

  /** Keeps the rest of a row that was saved, or was locked and is given back as it was. */
  void put(UploadRow row, List<Spill> rest) {
    List<List<Spill>> evicted = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        evicted.add(rest);
      } else {
        Cached before = byUpload.put(row.id(), new Cached(row.revision(), rest));
        if (before != null) {
          evicted.add(before.rest());
        }
        if (byUpload.size() > max) {
          Iterator<Cached> oldest = byUpload.values().iterator();
          evicted.add(oldest.next().rest());
          oldest.remove();
        }
      }
    }
    evicted.forEach(RestCache::close);
  }

  private static void close(List<Spill> rest) {
    for (Spill each : rest) {
      try {
        each.close();
      } catch (IOException e) {
        LOG.info("a temporary file stays until the next start", e);
      }
    }
  }

  @Override
  public void close() {
    List<Cached> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(byUpload.values());
      byUpload.clear();
    }
    all.forEach(each -> close(each.rest()));
  }
}
