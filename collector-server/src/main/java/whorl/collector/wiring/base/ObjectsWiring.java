package whorl.collector.wiring.base;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.http.server.Metrics;
import whorl.collector.lake.LakeSettings;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.receive.local.LocalUploads;
import whorl.collector.receive.shared.SharedSettings;
import whorl.collector.receive.shared.SharedUploads;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.store.objects.s3.S3Objects;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.objects.shared.StoreIdentity;
import whorl.collector.timeline.index.SharedTimelines;

/**
 * The store of evidence, and what it is on.
 *
 * @param place as it is set
 * @param objects null if evidence is in the data folder
 * @param cache null likewise
 * @param failure why the objects could not be reached at the last try; holds null if they could
 */
public record ObjectsWiring(
    ObjectsPlace place,
    EvidenceStore store,
    @Nullable ObjectStore objects,
    @Nullable ObjectCache cache,
    AtomicReference<@Nullable String> failure) {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectsWiring.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final long CACHE_FREE_RESERVE_BYTES = 1L << 30;

  /**
   * Opens the store, and says what the object store lacks.
   *
   * @param database the records, which a shared store needs
   * @param closing receives what must be closed, last opened first
   */
  public static ObjectsWiring open(
      ObjectsPlace place, DataFolder folder, Database database, List<AutoCloseable> closing)
      throws IOException {
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    if (!(place instanceof ObjectsPlace.Shared shared)) {
      return new ObjectsWiring(place, FolderStore.open(folder, Disk.LOCAL), null, null, failure);
    }
    ObjectStore objects = open(shared);
    closing.add(0, objects);
    new StoreIdentity(objects, database, name(shared)).check();
    objects.capabilities().lacking().forEach(each -> LOG.warn("objects: {}", each));
    if (shared.bucket() != null
        && shared.bucket().retainLock() != null
        && !objects.capabilities().lock()) {
      throw new IOException(
          shared.bucket().name()
              + ": retain-lock is set, and the bucket does not honour Object Lock: create a bucket"
              + " with it, or leave retain-lock out");
    }
    Path cacheFolder = shared.cache();
    ObjectCache cache =
        ObjectCache.open(
            cacheFolder,
            new ObjectCache.Limits(shared.cacheMaxBytes(), CACHE_FREE_RESERVE_BYTES),
            () -> cacheFolder.toFile().getUsableSpace());
    closing.add(0, cache);
    SharedStore store = SharedStore.open(objects, database, cache);
    closing.add(0, store);
    closing.add(0, PeriodicTasks.start("objects", LOOK, () -> look(objects, failure)));
    return new ObjectsWiring(place, store, objects, cache, failure);
  }

  /** Opens the object store, and tries what it honours. */
  public static ObjectStore open(ObjectsPlace.Shared shared) throws IOException {
    if (shared.bucket() != null) {
      return S3Objects.open(shared.bucket());
    }
    if (shared.folder() == null) {
      throw new IllegalStateException("neither a bucket nor a folder");
    }
    return FolderObjects.open(shared.folder(), Disk.LOCAL);
  }

  private static String name(ObjectsPlace.Shared shared) {
    return shared.bucket() != null ? shared.bucket().name() : String.valueOf(shared.folder());
  }

  private static void look(ObjectStore objects, AtomicReference<@Nullable String> failure) {
    try {
      objects.check();
      if (failure.getAndSet(null) != null) {
        LOG.warn("the object store can be used again");
      }
    } catch (IOException e) {
      if (failure.getAndSet("the object store fails: " + e.getMessage()) == null) {
        LOG.warn("the object store cannot be used: {}", e.getMessage());
      }
    }
  }

  /** True if evidence is locked until the end of its retention. */
  public boolean locksRetained() {
    return place instanceof ObjectsPlace.Shared shared
        && shared.bucket() != null
        && shared.bucket().retainLock() != null;
  }

  /** Where uploads are: in the data folder, or where all collectors reach them. */
  public Receiver.Opening uploads(DataFolder folder, Database database) {
    ObjectStore all = objects;
    if (all == null) {
      return LocalUploads::open;
    }
    return (dependencies, limits, counters) ->
        SharedUploads.open(
            database, all, store, limits, SharedSettings.of(folder.incoming().resolve("parts")));
  }

  /** Where the files of the lake go. */
  public ObjectStore forLake(DataFolder folder) throws IOException {
    return objects == null ? FolderObjects.open(folder.root(), Disk.LOCAL) : objects;
  }

  /** The location of the objects for other programs. */
  public String location(DataFolder folder) {
    if (place instanceof ObjectsPlace.Shared shared) {
      return shared.bucket() != null
          ? shared.bucket().location()
          : LakeSettings.location(Objects.requireNonNull(shared.folder()));
    }
    return LakeSettings.location(folder.root());
  }

  /** Adds what the object store lacks, and whether it answers. */
  public void check(Readiness readiness) {
    readiness.addRequired(failure::get);
    lacking().forEach(each -> readiness.addOptional(() -> each));
  }

  /**
   * Timelines as objects; null if they are in the data folder.
   *
   * @param folder has the links to copies in the cache
   */
  public @Nullable SharedTimelines timelines(DataFolder folder) throws IOException {
    return objects == null || cache == null
        ? null
        : SharedTimelines.open(objects, cache, folder.confined("timelines"));
  }

  /** What the object store lacks, a sentence for each, with its consequence. */
  public List<String> lacking() {
    return objects == null ? List.of() : objects.capabilities().lacking();
  }

  public void register(Metrics metrics) {
    if (cache == null) {
      return;
    }
    metrics.gauge("whorl_cache_bytes", "Copies of objects on this machine.", cache::bytes);
    metrics.counter(
        "whorl_cache_total", "Uses of the cache of objects.", cache::hits, "outcome", "hit");
    metrics.counter(
        "whorl_cache_total", "Uses of the cache of objects.", cache::fetches, "outcome", "fetched");
    metrics.counter(
        "whorl_cache_total", "Uses of the cache of objects.", cache::damaged, "outcome", "damaged");
    if (objects instanceof S3Objects s3) {
      metrics.counters(
          "whorl_object_requests_total",
          "Requests to the object store, each attempt.",
          "operation",
          () -> doubles(s3.requests()));
    }
  }

  private static Map<String, Double> doubles(Map<String, Long> requests) {
    Map<String, Double> numbers = new TreeMap<>();
    requests.forEach((operation, count) -> numbers.put(operation, (double) count));
    return numbers;
  }
}
