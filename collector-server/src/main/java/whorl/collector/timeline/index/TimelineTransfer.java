package whorl.collector.timeline.index;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Moves timelines from a data folder to objects, or back. To copy one costs much less than to make
 * it anew. A timeline of another version, one that failed and one that is damaged are left out: the
 * collector makes them anew. So it does with findings. Thread-safe.
 */
public final class TimelineTransfer {
  private final DataFolder folder;
  private final Disk disk;
  private final SharedTimelines shared;

  public TimelineTransfer(DataFolder folder, Disk disk, SharedTimelines shared) {
    this.folder = folder;
    this.disk = disk;
    this.shared = shared;
  }

  /** Writes the folder's timeline as objects; false if it has none that can be used. */
  public boolean toObjects(Id evidence) throws IOException {
    IndexStatus status = new TimelineFolder(folder, disk, null).status(evidence);
    if (status == null || status.state() != IndexStatus.State.READY) {
      return false;
    }
    shared.publish(evidence, folder.timeline(evidence));
    return true;
  }

  /** Writes the objects of a timeline into the folder; false if there are none that can be used. */
  public boolean toFolder(Id evidence) throws IOException {
    SharedTimelines.Index index = shared.complete(evidence);
    if (index == null || index.status().state() != IndexStatus.State.READY) {
      return false;
    }
    TimelineFolder to = new TimelineFolder(folder, disk, null);
    Path fresh = to.fresh(evidence);
    for (SharedTimelines.File file : index.files()) {
      if (!StoredColumns.isFile(file.name()) || !copy(evidence, file, fresh)) {
        to.remove(fresh);
        return false;
      }
    }
    Files.write(fresh.resolve(StoredColumns.STATUS), Json.bytes(index.status()));
    to.publish(evidence, fresh);
    return true;
  }

  /** False if the object is not what its name says. */
  private boolean copy(Id evidence, SharedTimelines.File file, Path fresh) throws IOException {
    MessageDigest sha256 = Digest.newSha256();
    try (InputStream in = new DigestInputStream(shared.read(evidence, file), sha256)) {
      Files.copy(in, fresh.resolve(file.name()));
    }
    return Digest.of(sha256).equals(file.sha256());
  }
}
