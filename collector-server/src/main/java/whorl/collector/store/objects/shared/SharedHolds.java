package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.Digest;

/**
 * Holds and locks of all objects of evidence, where the object store has them. A row says what is
 * wanted before the objects are changed, so that a repeated call completes an interrupted one.
 */
final class SharedHolds {
  private final ObjectStore objects;
  private final RecordRows rows;

  SharedHolds(ObjectStore objects, RecordRows rows) {
    this.objects = objects;
    this.rows = rows;
  }

  void hold(EvidenceRecord record, Digest sha256, boolean held) throws IOException {
    if (!objects.capabilities().lock() || !rows.hold(record.id(), held)) {
      return;
    }
    if (held) {
      each(keys(record, sha256), key -> objects.hold(key, true));
    } else {
      release(record, sha256);
    }
  }

  /** Content that other evidence on hold has too stays held, also if that hold comes meanwhile. */
  private void release(EvidenceRecord record, Digest sha256) throws IOException {
    Set<Digest> content = content(record);
    Set<Digest> released = new HashSet<>(content);
    released.removeAll(rows.heldOf(content));
    objects.hold(SharedKeys.record(record.id(), sha256), false);
    for (Digest each : released) {
      objects.hold(SharedKeys.blob(each), false);
    }
    for (Digest each : rows.heldOf(released)) {
      objects.hold(SharedKeys.blob(each), true);
    }
  }

  /**
   * Locks all objects. Until the last one is, the row has a millisecond less: so who compares it
   * with what is wanted repeats a lock that failed or ended halfway.
   */
  void lockUntil(EvidenceRecord record, Digest sha256, Instant until) throws IOException {
    if (!objects.capabilities().lock() || !rows.lockUntil(record.id(), until.minusMillis(1))) {
      return;
    }
    each(keys(record, sha256), key -> objects.lockUntil(key, until));
    rows.lockUntil(record.id(), until);
  }

  /** Extends hold and lock of the evidence to a new version of its record. */
  void extend(RecordRows.Row row, EvidenceRecord record, Digest sha256) throws IOException {
    if (!objects.capabilities().lock() || !row.isLocked()) {
      return;
    }
    for (String key : keys(record, sha256)) {
      if (row.held()) {
        objects.hold(key, true);
      }
      if (row.lockedUntil() > 0) {
        objects.lockUntil(key, Instant.ofEpochMilli(row.lockedUntil()));
      }
    }
    if (row.lockedUntil() > 0) {
      rows.lockUntil(record.id(), Instant.ofEpochMilli(row.lockedUntil()));
    }
  }

  /** Changes an object. */
  private interface Change {
    void of(String key) throws IOException;
  }

  /** Changes all objects that are there, and fails then if one is missing. */
  private static void each(List<String> keys, Change change) throws IOException {
    NoSuchFileException missing = null;
    for (String key : keys) {
      try {
        change.of(key);
      } catch (NoSuchFileException e) {
        missing = e;
      }
    }
    if (missing != null) {
      throw missing;
    }
  }

  private static List<String> keys(EvidenceRecord record, Digest sha256) {
    List<String> keys = new ArrayList<>();
    keys.add(SharedKeys.record(record.id(), sha256));
    content(record).forEach(each -> keys.add(SharedKeys.blob(each)));
    return keys;
  }

  private static Set<Digest> content(EvidenceRecord record) {
    Set<Digest> content = new HashSet<>();
    for (StoredArtifact each : record.artifacts()) {
      content.add(each.sha256());
    }
    return content;
  }
}
