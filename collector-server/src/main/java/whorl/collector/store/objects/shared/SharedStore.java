package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.Trash;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * The store of several collectors: content and the versions of records are objects, and rows say
 * which version counts. An object is written before a row refers to it, and deleted after none
 * does.
 */
public final class SharedStore implements EvidenceStore, AutoCloseable {
  /** Content that no record refers to stays that long, in case that rows come back. */
  public static final Duration UNREFERRED_FOR = Duration.ofDays(7);

  private final ObjectStore objects;
  private final ObjectCache cache;
  private final RecordRows rows;
  private final SharedPins pins;
  private final SharedContent content;
  private final RecordObjects records;
  private final SharedHolds holds;
  private final SharedScan scan;
  private final StrayTimelines strayTimelines;

  /**
   * How the store is looked through.
   *
   * @param unreferredFor how old content must be for {@link #sweep}
   * @param page the greatest number of objects, and of rows, that are compared at once
   */
  public record Looking(Duration unreferredFor, int page) {
    static final Looking STANDARD = new Looking(UNREFERRED_FOR, ObjectStore.PAGE_MAX);
  }

  private SharedStore(ObjectStore objects, ObjectCache cache, Database database, Looking looking) {
    this.objects = objects;
    this.cache = cache;
    this.rows = new RecordRows(database);
    ContentUse use = new ContentUse(database);
    this.pins = new SharedPins(use);
    this.content = new SharedContent(objects, use, database, looking.unreferredFor());
    this.records = new RecordObjects(objects);
    this.holds = new SharedHolds(objects, rows);
    this.scan = new SharedScan(objects, database, rows, content, looking.page());
    this.strayTimelines =
        new StrayTimelines(objects, rows, content, looking.unreferredFor(), looking.page());
  }

  /**
   * Opens the store.
   *
   * @param database with the tables of records
   */
  public static SharedStore open(ObjectStore objects, Database database, ObjectCache cache) {
    return open(objects, database, cache, Looking.STANDARD);
  }

  /**
   * @param unreferredFor how old content must be for {@link #sweep}
   */
  static SharedStore open(
      ObjectStore objects, Database database, ObjectCache cache, Duration unreferredFor) {
    return open(objects, database, cache, new Looking(unreferredFor, ObjectStore.PAGE_MAX));
  }

  public static SharedStore open(
      ObjectStore objects, Database database, ObjectCache cache, Looking looking) {
    return new SharedStore(objects, cache, database, looking);
  }

  /** Compares rows and objects, for recovery. */
  public SharedScan scan() {
    return scan;
  }

  /** Deletes timelines whose evidence is gone, for recovery. */
  public StrayTimelines strayTimelines() {
    return strayTimelines;
  }

  @Override
  public void keep(Map<Digest, Path> files) throws IOException {
    pins.pin(files.keySet());
    for (Map.Entry<Digest, Path> each : files.entrySet()) {
      content.put(each.getKey(), each.getValue());
    }
  }

  @Override
  public void keepPresent(Collection<Digest> digests) throws IOException {
    pins.pin(digests);
    for (Digest each : Set.copyOf(digests)) {
      if (!holds(each)) {
        throw absent(each, null);
      }
    }
  }

  @Override
  public void keepClaimed(Collection<Digest> digests) throws IOException {
    pins.pin(digests);
  }

  @Override
  public Pin pin(Collection<Digest> digests) throws IOException {
    Set<Digest> pinned = Set.copyOf(digests);
    pins.pin(pinned);
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (closed.compareAndSet(false, true)) {
        pins.releaseSoon(pinned);
      }
    };
  }

  @Override
  public void settled(Collection<Digest> digests) {
    pins.release(digests);
  }

  @Override
  public boolean holds(Digest sha256) throws IOException {
    return objects.find(SharedKeys.blob(sha256)) != null;
  }

  @Override
  public Content content(Digest sha256) throws IOException {
    return cache.get(
        sha256,
        new ObjectCache.Source() {
          @Override
          public long bytes() throws IOException {
            ObjectStore.ObjectFacts facts = objects.find(SharedKeys.blob(sha256));
            if (facts == null) {
              throw absent(sha256, null);
            }
            return facts.size();
          }

          @Override
          public InputStream open() throws IOException {
            return read(sha256, 0);
          }
        });
  }

  @Override
  public InputStream read(Digest sha256, long offset) throws IOException {
    try {
      return objects.read(SharedKeys.blob(sha256), offset);
    } catch (NoSuchFileException e) {
      throw absent(sha256, e);
    }
  }

  private static NoSuchFileException absent(Digest sha256, @Nullable IOException cause) {
    NoSuchFileException absent =
        new NoSuchFileException("blob " + sha256, null, "the object store does not have it");
    if (cause != null) {
      absent.initCause(cause);
    }
    return absent;
  }

  @Override
  public Digest commit(EvidenceRecord record) throws IOException {
    Digest sha256 = records.put(record.id(), Json.bytes(record));
    RecordRows.Row row = rows.commit(record, sha256, current -> true);
    if (row != null) {
      holds.extend(row, record, sha256);
    }
    return sha256;
  }

  @Override
  public @Nullable Digest commit(EvidenceRecord record, @Nullable Digest before)
      throws IOException {
    Digest sha256 = records.put(record.id(), Json.bytes(record));
    RecordRows.Row row = rows.commit(record, sha256, RecordRows.isStill(before));
    if (row == null) {
      return null;
    }
    holds.extend(row, record, sha256);
    return sha256;
  }

  @Override
  public void adopt(Id evidence, byte[] record, Collection<Digest> digests, boolean inCustody)
      throws IOException {
    rows.adopt(evidence, records.put(evidence, record), digests, inCustody);
  }

  @Override
  public boolean amend(EvidenceRecord record, Digest before, Announcement beforeReplace)
      throws IOException {
    if (!before.equals(rows.current(record.id()))) {
      return false;
    }
    Digest sha256 = records.put(record.id(), Json.bytes(record));
    RecordRows.Row row = rows.amend(record, sha256, before, beforeReplace);
    if (row == null) {
      return false;
    }
    holds.extend(row, record, sha256);
    return true;
  }

  @Override
  public boolean wasSealed(Id evidence) throws IOException {
    return rows.find(evidence) == null && scan.hasSealed(evidence);
  }

  /** Also evidence that another collector commits at this moment. */
  @Override
  public List<Id> dueInCustody() throws IOException {
    return rows.due();
  }

  @Override
  public void markInCustody(Id evidence, Digest record) throws IOException {
    rows.markInCustody(evidence, record);
  }

  @Override
  public byte @Nullable [] recordBytes(Id evidence) throws IOException {
    Digest current = rows.current(evidence);
    return current == null ? null : records.read(evidence, current);
  }

  @Override
  public boolean contains(Id evidence) throws IOException {
    return rows.current(evidence) != null;
  }

  @Override
  public List<Id> evidence() throws IOException {
    return rows.alive();
  }

  @Override
  public List<Id> evidence(String after, int limit) throws IOException {
    return rows.alive(after, limit);
  }

  @Override
  public List<Id> removalsToFinish() throws IOException {
    return rows.removalsToFinish();
  }

  @Override
  public void remove(Id evidence) throws IOException {
    boolean known = rows.beginRemoval(evidence, objects.capabilities().lock());
    deleteAll(SharedKeys.timeline(evidence));
    if (known) {
      deleteAll(SharedKeys.records(evidence));
      rows.endRemoval(evidence);
    }
  }

  private void deleteAll(String prefix) throws IOException {
    List<String> keys = new ArrayList<>();
    List<ObjectStore.ObjectFacts> page;
    do {
      String after = keys.isEmpty() ? "" : keys.get(keys.size() - 1);
      page = objects.list(prefix, after, ObjectStore.PAGE_MAX);
      page.forEach(each -> keys.add(each.key()));
    } while (page.size() == ObjectStore.PAGE_MAX);
    for (String key : keys) {
      objects.delete(key);
    }
  }

  @Override
  public void hold(Id evidence, boolean held) throws IOException {
    byte[] json = recordBytes(evidence);
    if (json != null) {
      holds.hold(EvidenceRecord.parse(json), Digest.of(json), held);
    }
  }

  @Override
  public void lockUntil(Id evidence, Instant until) throws IOException {
    byte[] json = recordBytes(evidence);
    if (json != null) {
      holds.lockUntil(EvidenceRecord.parse(json), Digest.of(json), until);
    }
  }

  @Override
  public Map<Id, Instant> lockedAmong(Collection<Id> evidence) throws IOException {
    return objects.capabilities().lock() ? rows.lockedAmong(evidence) : Map.of();
  }

  @Override
  public Discarded discard(Set<Digest> digests) throws IOException {
    pins.releaseUnused();
    Discarded discarded = content.discard(digests);
    for (Digest each : digests) {
      if (!discarded.pinned().contains(each)) {
        cache.forget(each);
      }
    }
    return discarded;
  }

  /**
   * Deletes content that is older than {@link #UNREFERRED_FOR} and that no row refers to. While it
   * is younger, it stays where it is; {@code trash} is not used.
   */
  @Override
  public long sweep(Predicate<Digest> referred, Trash trash) throws IOException {
    pins.releaseUnused();
    return content.sweep(referred);
  }

  @Override
  public void close() {
    pins.close();
  }
}
