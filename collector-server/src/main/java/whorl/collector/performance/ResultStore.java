package whorl.collector.performance;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.evidence.Id;

/** Where results are kept. Thread-safe. */
public interface ResultStore {
  /** The largest result. */
  int MAX_BYTES = 8 << 20;

  /**
   * Results in the data folder, or as objects that every collector reads.
   *
   * @param objects where several collectors share results; null if they are in the data folder
   */
  static ResultStore of(DataFolder folder, @Nullable ObjectStore objects) {
    return objects == null ? new FolderResults(folder, Disk.LOCAL) : new SharedResults(objects);
  }

  /**
   * Reads what was kept; it may be of another build.
   *
   * @param kind of result
   * @param build of the recordings and of the program that reads them
   * @return null if there is nothing
   */
  byte @Nullable [] read(Id evidence, String kind, String build) throws IOException;

  /** Keeps a result; it is durable when this returns. */
  void write(Id evidence, String kind, String build, byte[] json) throws IOException;

  /** Removes a result of evidence that was purged while it was made. */
  void remove(Id evidence, String kind, String build) throws IOException;
}
