package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore.Discarded;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.ObjectStore.ObjectFacts;
import whorl.evidence.Digest;

/** Writes and deletes content. */
final class SharedContent {
  /** Few enough for their deletion to end long before {@link ContentUse#STALE}. */
  private static final int DELETED_AT_ONCE = 50;

  private static final Duration DELETION = Duration.ofSeconds(30);
  static final Pattern BLOB = Pattern.compile(SharedKeys.BLOBS + "[0-9a-f]{2}/([0-9a-f]{64})");

  private final ObjectStore objects;
  private final ContentUse use;
  private final Database database;
  private final Duration unreferredFor;

  SharedContent(ObjectStore objects, ContentUse use, Database database, Duration unreferredFor) {
    this.objects = objects;
    this.use = use;
    this.database = database;
    this.unreferredFor = unreferredFor;
  }

  /**
   * Writes pinned content. What is there under its digest is replaced, because it could be damaged;
   * in a bucket that keeps all versions, it is read and compared instead.
   */
  void put(Digest sha256, Path file) throws IOException {
    String key = SharedKeys.blob(sha256);
    boolean isThere = objects.capabilities().lock() && !objects.putIfAbsent(key, file);
    if (!objects.capabilities().lock() || isThere && !isRight(key, sha256)) {
      objects.put(key, file);
    }
  }

  private boolean isRight(String key, Digest sha256) throws IOException {
    MessageDigest running = Digest.newSha256();
    byte[] buffer = new byte[64 << 10];
    try (InputStream in = objects.read(key, 0)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        running.update(buffer, 0, count);
      }
    }
    return Digest.of(running).equals(sha256);
  }

  Discarded discard(Set<Digest> content) throws IOException {
    List<Digest> left = new ArrayList<>(content);
    Set<Digest> busy = new HashSet<>();
    Deleted total = new Deleted();
    while (!left.isEmpty()) {
      List<Digest> some = left.subList(0, Math.min(DELETED_AT_ONCE, left.size()));
      busy.addAll(deleteUnreferred(some, total));
      some.clear();
    }
    if (total.locked != null) {
      throw total.locked;
    }
    return new Discarded(total.files, total.bytes, busy);
  }

  private static final class Deleted {
    long files;
    long bytes;
    long lockedFiles;
    @Nullable ObjectLockedException locked;
  }

  /** Returns what is in use, or was not reached in time. */
  private Set<Digest> deleteUnreferred(List<Digest> content, Deleted total) throws IOException {
    ContentUse.Deletion deletion = use.begin(content);
    long end = System.nanoTime() + DELETION.toNanos();
    Set<Digest> later = new HashSet<>(deletion.busy());
    List<Digest> ended = new ArrayList<>();
    try {
      for (Digest each : deletion.content()) {
        if (System.nanoTime() > end) {
          later.add(each);
        } else {
          delete(each, total, end);
        }
        ended.add(each);
      }
    } finally {
      use.end(deletion.by(), ended); // what failed stays marked until that is stale
    }
    return later;
  }

  /**
   * @param endNanos after which nothing is deleted, because another may take the deletion over
   */
  private void delete(Digest sha256, Deleted total, long endNanos) throws IOException {
    String key = SharedKeys.blob(sha256);
    ObjectFacts facts = objects.find(key);
    if (facts == null) {
      return;
    }
    if (System.nanoTime() > endNanos) {
      throw new IOException("a deletion took too long; it is begun again later: " + key);
    }
    try {
      objects.delete(key);
      total.files++;
      total.bytes += facts.size();
    } catch (ObjectLockedException locked) {
      total.locked = locked;
      total.lockedFiles++;
    }
  }

  /**
   * @param locked the number of contents that a lock of the object store keeps for now
   */
  record Swept(long files, long bytes, long locked) {}

  /** Deletes those of these contents that are old and that nothing refers to. */
  Swept sweep(List<ObjectFacts> contents) throws IOException {
    Instant before = now().minus(unreferredFor);
    List<Digest> old = new ArrayList<>();
    for (ObjectFacts each : contents) {
      Matcher blob = BLOB.matcher(each.key());
      if (blob.matches() && !each.writtenAt().isAfter(before)) {
        old.add(new Digest(blob.group(1)));
      }
    }
    Deleted total = new Deleted();
    for (int from = 0; from < old.size(); from += DELETED_AT_ONCE) {
      deleteUnreferred(old.subList(from, Math.min(old.size(), from + DELETED_AT_ONCE)), total);
    }
    return new Swept(total.files, total.bytes, total.lockedFiles);
  }

  long sweep(Predicate<Digest> referred) throws IOException {
    long files = 0;
    String after = "";
    List<ObjectFacts> page;
    do {
      page = objects.list(SharedKeys.BLOBS, after, ObjectStore.PAGE_MAX);
      List<ObjectFacts> unreferred = new ArrayList<>();
      for (ObjectFacts each : page) {
        Matcher blob = BLOB.matcher(each.key());
        after = each.key();
        if (blob.matches() && !referred.test(new Digest(blob.group(1)))) {
          unreferred.add(each);
        }
      }
      files += sweep(unreferred).files();
    } while (page.size() == ObjectStore.PAGE_MAX);
    return files;
  }

  /** By the clock of the database, which is the same for all collectors. */
  Instant now() throws IOException {
    return database
        .query("SELECT " + database.nowMillis(), row -> Instant.ofEpochMilli(row.getLong(1)))
        .get(0);
  }
}
