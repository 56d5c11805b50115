package whorl.collector.store.objects.shared;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import whorl.collector.store.objects.DamagedRecordException;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/**
 * The versions of records as objects; those that were used last are kept in memory. Thread-safe.
 */
final class RecordObjects {
  private static final long MEMORY_MAX_BYTES = 16L << 20;

  private final ObjectStore objects;
  private final LinkedHashMap<Digest, byte[]> recent = new LinkedHashMap<>(16, 0.75f, true);
  private long recentBytes;

  RecordObjects(ObjectStore objects) {
    this.objects = objects;
  }

  Digest put(Id evidence, byte[] json) throws IOException {
    Digest sha256 = Digest.of(json);
    objects.put(SharedKeys.record(evidence, sha256), json);
    remember(sha256, json);
    return sha256;
  }

  /** Reads a version, and compares it with its digest. */
  byte[] read(Id evidence, Digest sha256) throws IOException {
    synchronized (recent) {
      byte[] known = recent.get(sha256);
      if (known != null) {
        return known.clone();
      }
    }
    byte[] json;
    try (InputStream in = objects.read(SharedKeys.record(evidence, sha256), 0)) {
      json = in.readNBytes(EvidenceRecord.MAX_BYTES);
    } catch (NoSuchFileException lost) {
      throw new DamagedRecordException(
          "evidence " + evidence + ": its record is not in the object store; restore it", lost);
    }
    if (!Digest.of(json).equals(sha256)) {
      throw new DamagedRecordException(
          "evidence "
              + evidence
              + ": its record was changed in the object store; restore it from a backup",
          null);
    }
    remember(sha256, json);
    return json.clone();
  }

  private void remember(Digest sha256, byte[] json) {
    synchronized (recent) {
      byte[] before = recent.put(sha256, json);
      recentBytes += json.length - (before == null ? 0 : before.length);
      Iterator<byte[]> oldest = recent.values().iterator();
      while (recentBytes > MEMORY_MAX_BYTES && oldest.hasNext()) {
        recentBytes -= oldest.next().length;
        oldest.remove();
      }
    }
  }
}
