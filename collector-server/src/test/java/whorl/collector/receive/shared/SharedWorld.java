package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.http.request.Role;
import whorl.collector.receive.AgentConnections;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.Faults;
import whorl.collector.testkit.FaultyDatabase;
import whorl.collector.testkit.FaultyObjects;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** What several collectors share, and the collectors. */
public final class SharedWorld implements AutoCloseable {
  static final long PART_BYTES = 64 << 10;
  static final Duration LEASE = Duration.ofMillis(150);
  private static final Set<String> FATEFUL =
      Set.of("keepClaimed", "commit", "markInCustody", "recordBytes", "record");

  public final DataFolder folder;
  public final EvidenceStore store;
  private final @Nullable ObjectCache cache;
  public final CustodyLog custody;
  public final ObjectStore objects;
  private final Databases databases;
  private final Database database;
  private final long partBytes;
  private final Duration lease;
  private final AtomicInteger number = new AtomicInteger();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final AtomicLong passedNanos = new AtomicLong();
  ReceiveLimits limits = TestCollector.LIMITS;

  /** Opens a collector's connection to the shared database. */
  @FunctionalInterface
  public interface Databases {
    Database open() throws IOException;
  }

  /** The records are in the database and the object store too. */
  static SharedWorld withSharedStore(Path root, Databases databases, ObjectStore objects)
      throws IOException {
    return new SharedWorld(root, databases, objects, true, PART_BYTES, LEASE);
  }

  /** The records are in the folder, which has the objects too. */
  static SharedWorld withFolderStore(Path root, Databases databases, ObjectStore objects)
      throws IOException {
    return new SharedWorld(root, databases, objects, false, PART_BYTES, LEASE);
  }

  SharedWorld(
      Path root,
      Databases databases,
      ObjectStore objects,
      boolean sharedStore,
      long partBytes,
      Duration lease)
      throws IOException {
    this.folder = new DataFolder(root);
    Files.createDirectories(root);
    this.databases = databases;
    this.objects = objects;
    this.partBytes = Math.max(partBytes, objects.minPartBytes());
    this.lease = lease;
    database = databases.open();
    closing.add(database);
    if (sharedStore) {
      ObjectCache opened =
          ObjectCache.open(
              root.resolve("cache"), new ObjectCache.Limits(1 << 30, 0), () -> Long.MAX_VALUE);
      closing.add(opened);
      cache = opened;
      SharedStore shared = SharedStore.open(objects, database, opened);
      closing.add(shared);
      store = shared;
    } else {
      cache = null;
      store = FolderStore.open(folder, new UnforcedDisk());
    }
    custody = CustodyLog.open(folder, new UnforcedDisk(), InstantSource.system());
    closing.add(custody);
  }

  Database database() {
    return database;
  }

  long partBytes() {
    return partBytes;
  }

  /** One collector. */
  final class Collector implements AutoCloseable {
    final Faults faults;
    final Receiver receiver;
    final FakeClient client;
    final TestCollector.Told told = new TestCollector.Told();
    private final Database own;
    private final @Nullable SharedStore shared;
    private SharedUploads uploads;

    private Collector(Faults faults, InstantSource clock) throws IOException {
      this.faults = faults;
      own = databases.open();
      Database mine = new FaultyDatabase(own, faults);
      ObjectStore reached = new FaultyObjects(objects, faults);
      shared = cache == null ? null : SharedStore.open(reached, mine, cache);
      EvidenceStore evidence = shared == null ? faulty(faults) : shared;
      Path scratch = folder.root().resolve("scratch-" + number.incrementAndGet());
      receiver =
          Receiver.open(
              new ReceiverDependencies(
                  folder,
                  new UnforcedDisk(),
                  evidence,
                  Catalog.open(mine),
                  custody,
                  agent -> null,
                  agent -> null,
                  untilKilled(faults, told),
                  () -> Long.MAX_VALUE,
                  clock,
                  () -> System.nanoTime() + passedNanos.get(),
                  left -> {}),
              limits,
              (dependencies, receiveLimits, counters) -> {
                uploads =
                    SharedUploads.open(
                        mine,
                        reached,
                        evidence,
                        receiveLimits,
                        new SharedSettings(scratch, partBytes, lease, Duration.ofSeconds(1)));
                return uploads;
              });
      client = new FakeClient(receiver.routes(), Role.AGENT);
    }

    /** Whoever is told writes to the same database. */
    private static SealListener untilKilled(Faults faults, SealListener told) {
      return new SealListener() {
        @Override
        public void sealed(EvidenceRecord record) {
          if (faults.dead()) {
            throw new UncheckedIOException(new IOException("killed"));
          }
          told.sealed(record);
        }

        @Override
        public void progress(Arrived soFar) {
          told.progress(soFar);
        }
      };
    }

    /** Its agent is silent for a day; true if what came of it is sealed as partial. */
    boolean expired(Id evidence) throws IOException {
      database.update(
          "UPDATE upload_evidence SET active_at = 0 WHERE evidence = ?", evidence.value());
      receiver.expire(AgentConnections.UNKNOWN);
      return SharedWorld.this.record(evidence) != null;
    }

    SharedUploads uploads() {
      return uploads;
    }

    /** It is dead, or stands still: it renews nothing. */
    void stopRenewing() {
      uploads.close();
    }

    @Override
    public void close() throws IOException {
      receiver.close();
      if (shared != null) {
        shared.close();
      }
      own.close();
    }
  }

  Collector open() throws IOException {
    return open(Faults.none(), InstantSource.system());
  }

  Collector open(Faults faults, InstantSource clock) throws IOException {
    return new Collector(faults, clock);
  }

  /** The store, whose changes a dead collector does not get through. */
  private EvidenceStore faulty(Faults faults) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            EvidenceStore.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) -> {
              Faults.Call<Object> call =
                  () -> {
                    try {
                      return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                      if (e.getCause() instanceof IOException io) {
                        throw io;
                      }
                      throw new IllegalStateException(e.getCause());
                    } catch (IllegalAccessException e) {
                      throw new IllegalStateException(e);
                    }
                  };
              return FATEFUL.contains(method.getName())
                  ? faults.call("store." + method.getName(), call)
                  : call.run();
            });
  }

  /** For so long nothing comes to any collector. */
  void pass(Duration silence) throws IOException {
    passedNanos.addAndGet(silence.toNanos());
    database.update("UPDATE upload_evidence SET active_at = active_at - ?", silence.toMillis());
  }

  byte[] content(Digest sha256) throws IOException {
    try (InputStream in = objects.read(UploadObjects.blobKey(sha256), 0)) {
      return in.readAllBytes();
    }
  }

  /** Discards content as a purge does, where the store knows what uploads claim. */
  void discard(List<Digest> content) throws IOException {
    if (cache != null) {
      store.discard(Set.copyOf(content));
    }
  }

  EvidenceRecord record(Id evidence) throws IOException {
    return store.record(evidence);
  }

  /** The keys of what uploads have beside their content. */
  List<String> uploadObjects() throws IOException {
    return objects.list("uploads/", "", 1000).stream().map(ObjectStore.ObjectFacts::key).toList();
  }

  /** They are deleted beside the requests. */
  void awaitNoUploadObjects() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(uploadObjects()).isEmpty());
  }

  List<CustodyEntry> custody(Id evidence, CustodyAction action) throws IOException {
    return custody.entries(evidence).stream()
        .filter(each -> each.action().equals(action.word()))
        .toList();
  }

  List<String> problems() throws IOException {
    return cache != null
        ? custody.problems()
        : new OfflineVerifier(InstantSource.system()).verify(folder.root()).problems();
  }

  @Override
  public void close() throws Exception {
    Collections.reverse(closing);
    for (AutoCloseable each : closing) {
      each.close();
    }
  }
}
