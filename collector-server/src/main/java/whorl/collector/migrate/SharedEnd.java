package whorl.collector.migrate;

import java.io.IOException;
import java.nio.file.Path;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.shared.SharedSettings;
import whorl.collector.receive.shared.SharedUploads;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.timeline.index.SharedTimelines;

/**
 * What collectors share, as one end of a move.
 *
 * @param name for people; without passwords
 * @param cases the same database, where all records are in one
 */
public record SharedEnd(
    String name,
    Database database,
    Database cases,
    ObjectStore objects,
    SharedStore store,
    SharedTimelines timelines,
    SharedUploads uploads,
    ObjectCache cache)
    implements AutoCloseable {
  private static final long CACHE_BYTES = 64 << 20;

  /**
   * Opens the parts on a database and an object store, which stay the caller's to close.
   *
   * @param work a folder for temporary files
   */
  public static SharedEnd open(
      String name, Database database, Database cases, ObjectStore objects, Path work)
      throws IOException {
    ObjectCache cache =
        ObjectCache.open(
            work.resolve("cache"),
            new ObjectCache.Limits(CACHE_BYTES, 0),
            () -> work.toFile().getUsableSpace());
    SharedStore store = SharedStore.open(objects, database, cache);
    return new SharedEnd(
        name,
        database,
        cases,
        objects,
        store,
        SharedTimelines.open(objects, cache, work.resolve("timelines")),
        SharedUploads.open(
            database,
            objects,
            store,
            ReceiveLimits.DEFAULT,
            SharedSettings.of(work.resolve("parts"))),
        cache);
  }

  End end() {
    return new End(name, database, cases, store);
  }

  @Override
  public void close() throws IOException {
    uploads.close();
    store.close();
    cache.close();
  }
}
