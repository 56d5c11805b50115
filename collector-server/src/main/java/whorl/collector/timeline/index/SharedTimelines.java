package whorl.collector.timeline.index;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.recent.RecentMap;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.disk.FileDigest;
import whorl.collector.store.objects.EvidenceStore.Content;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.SharedKeys;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.StoredColumns;
import whorl.collector.timeline.query.DuckTimeline;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Timelines as objects: the collector that indexes evidence writes them, and every collector reads
 * them through its cache. The object {@code index-<version>.json} is written last and names all
 * files by their digests, so a timeline is complete or absent. A query sees the files in a folder
 * of links into the cache. Thread-safe.
 */
public final class SharedTimelines {
  private static final Logger LOG = LoggerFactory.getLogger(SharedTimelines.class);

  /** Collectors of two versions make two timelines of one piece of evidence. */
  private static final String INDEX = "index-" + IndexStatus.VERSION + ".json";

  private static final int INDEX_MAX_BYTES = 8 << 20;
  private static final int REMEMBERED_MAX = 1_000;
  private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final ObjectStore objects;
  private final ObjectCache cache;
  private final Path views;

  /** The statuses of a moment ago, so that a list of evidence does not read all of them again. */
  private final Map<Id, Remembered> remembered = RecentMap.byAddition(REMEMBERED_MAX);

  /** The content of {@code index-<version>.json}. */
  record Index(IndexStatus status, List<File> files) {}

  /** A file of a timeline, which is an object by its digest. */
  record File(String name, long bytes, Digest sha256) {}

  private record Remembered(Index index, String build, long atNanos) {}

  private SharedTimelines(ObjectStore objects, ObjectCache cache, Path views) {
    this.objects = objects;
    this.cache = cache;
    this.views = views;
  }

  /**
   * @param views a folder for links, of this object alone; what is in it is deleted
   */
  public static SharedTimelines open(ObjectStore objects, ObjectCache cache, Path views)
      throws IOException {
    Path absolute = views.toAbsolutePath();
    Disk.LOCAL.delete(absolute);
    Disk.LOCAL.createFolders(absolute);
    return new SharedTimelines(objects, cache, absolute);
  }

  /** Writes the files of a complete timeline. */
  void publish(Id evidence, Path fresh) throws IOException {
    IndexStatus status =
        Json.MAPPER.readValue(fresh.resolve(StoredColumns.STATUS).toFile(), IndexStatus.class);
    List<File> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(fresh)) {
      for (Path file : all) {
        String name = file.getFileName().toString();
        if (StoredColumns.isFile(name) && Files.isRegularFile(file)) {
          Digest sha256 = FileDigest.of(file);
          objects.put(key(evidence, sha256), file);
          files.add(new File(name, Files.size(file), sha256));
        }
      }
    }
    objects.put(indexKey(evidence), Json.bytes(new Index(status, files)));
    synchronized (remembered) {
      remembered.remove(evidence);
    }
  }

  /** What a complete timeline of this version consists of; null if there is none. */
  @Nullable Index complete(Id evidence) throws IOException {
    Remembered index = index(evidence);
    return index == null ? null : index.index();
  }

  /** Reads a file. What is read is not compared with the digest. */
  InputStream read(Id evidence, File file) throws IOException {
    return objects.read(key(evidence, file.sha256()), 0);
  }

  /** The status of the timeline; null if there is none of this version. */
  @Nullable IndexStatus status(Id evidence) {
    try {
      Remembered index = index(evidence);
      return index == null ? null : index.index().status();
    } catch (IOException e) {
      LOG.warn("evidence {}: whether it has a timeline is not known now", evidence, e);
      return null;
    }
  }

  /** Names the timeline of this version as it is now; null if there is none. */
  public @Nullable String build(Id evidence) throws IOException {
    Remembered index = index(evidence);
    return index == null ? null : index.build();
  }

  /** The evidence from {@code first} to {@code last} that has a timeline of this version. */
  Set<Id> indexed(Id first, Id last) throws IOException {
    Set<Id> indexed = new HashSet<>();
    String after = SharedKeys.TIMELINES + first;
    List<ObjectStore.ObjectFacts> page;
    do {
      page = objects.list(SharedKeys.TIMELINES, after, ObjectStore.PAGE_MAX);
      for (ObjectStore.ObjectFacts each : page) {
        after = each.key();
        String[] segments = each.key().split("/");
        // keys of ids that begin with the last one may come before its own
        if (segments[1].compareTo(last.value()) > 0 && !segments[1].startsWith(last.value())) {
          return indexed;
        }
        if (segments.length == 3 && segments[2].equals(INDEX)) {
          indexed.add(new Id(segments[1]));
        }
      }
    } while (page.size() == ObjectStore.PAGE_MAX);
    return indexed;
  }

  /** The rows; their files stay until they are released. */
  DuckTimeline.Rows rows(Id evidence) throws IOException {
    Remembered index = index(evidence);
    if (index == null) {
      throw new IOException("evidence " + evidence + ": its timeline is gone; index it again");
    }
    List<Content> open = new ArrayList<>();
    try {
      Path view = views.resolve(evidence.value()).resolve(index.build());
      Disk.LOCAL.createFolders(view);
      List<Path> rows = new ArrayList<>();
      for (File file : index.index().files()) {
        Content content = content(evidence, file);
        open.add(content);
        Path link = view.resolve(Path.of(file.name()).getFileName());
        link(link, content.file());
        if (StoredColumns.isRows(file.name())) {
          rows.add(link);
        }
      }
      rows.sort(null);
      if (rows.isEmpty()) {
        throw new IOException("evidence " + evidence + ": its timeline holds no rows");
      }
      return new DuckTimeline.Rows(
          view,
          rows,
          TimelineFolder.readConstants(
              view.resolve(StoredColumns.CONSTANTS), StoredColumns.CONSTANT),
          () -> open.forEach(Content::close));
    } catch (IOException | RuntimeException | Error e) {
      open.forEach(Content::close);
      throw e;
    }
  }

  private Content content(Id evidence, File file) throws IOException {
    return cache.get(
        file.sha256(),
        new ObjectCache.Source() {
          @Override
          public long bytes() {
            return file.bytes();
          }

          @Override
          public InputStream open() throws IOException {
            return objects.read(key(evidence, file.sha256()), 0);
          }
        });
  }

  private static void link(Path link, Path target) throws IOException {
    try {
      Files.createSymbolicLink(link, target.toAbsolutePath());
    } catch (FileAlreadyExistsException again) {
      return; // content of the same digest has the same place in the cache
    }
  }

  /** Makes the timeline absent, at the other collectors within a few seconds. */
  void outdate(Id evidence) throws IOException {
    if (objects.find(indexKey(evidence)) != null) {
      objects.delete(indexKey(evidence));
    }
    synchronized (remembered) {
      remembered.remove(evidence);
    }
  }

  /** Deletes the links of purged evidence. */
  void forget(Id evidence) throws IOException {
    synchronized (remembered) {
      remembered.remove(evidence);
    }
    Disk.LOCAL.delete(views.resolve(evidence.value()));
  }

  private @Nullable Remembered index(Id evidence) throws IOException {
    synchronized (remembered) {
      Remembered known = remembered.get(evidence);
      if (known != null && System.nanoTime() - known.atNanos() < REMEMBER_NANOS) {
        return known;
      }
    }
    byte[] json = objects.readSmall(indexKey(evidence), INDEX_MAX_BYTES);
    if (json == null) {
      return null;
    }
    Index index = Json.LENIENT.readValue(json, Index.class);
    if (index == null || index.status().version() != IndexStatus.VERSION) {
      return null;
    }
    Remembered read = new Remembered(index, Digest.of(json).hex(), System.nanoTime());
    synchronized (remembered) {
      remembered.put(evidence, read);
    }
    return read;
  }

  private static String indexKey(Id evidence) {
    return SharedKeys.timeline(evidence) + INDEX;
  }

  private static String key(Id evidence, Digest sha256) {
    return SharedKeys.timeline(evidence) + sha256.hex();
  }
}
