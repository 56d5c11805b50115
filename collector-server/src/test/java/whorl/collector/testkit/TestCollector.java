package whorl.collector.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.publish.FolderLog;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.Turn;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.export.EvidenceRoutes;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.receive.AgentConnections;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverCounters;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.SealListener;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.receive.bag.BagRoutes;
import whorl.collector.receive.local.LocalUploads;
import whorl.collector.receive.shared.SharedSettings;
import whorl.collector.receive.shared.SharedUploads;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.receive.uploads.Uploads;
import whorl.collector.retention.PurgeListener;
import whorl.collector.retention.RetentionLimits;
import whorl.collector.store.chain.ManifestAnnouncements;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EndLedger;
import whorl.collector.store.triage.GravestLedger;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.VerifyingKey;

/** The parts from receive to export, wired as the collector wires them, on a folder. */
public final class TestCollector implements AutoCloseable {
  public static final ReceiveLimits LIMITS =
      new ReceiveLimits(64 << 20, 100, 1000, 1 << 20, 500, Duration.ofHours(24));

  public final DataFolder folder;
  public final Database database;
  public final FolderStore store;
  public final CustodyLog custody;
  public final LogPublisher publisher;
  public final Catalog catalog;
  public final Receiver receiver;
  public final FakeClient agentClient;
  public final FakeClient viewer;
  public final BagImport bags;
  public final FakeClient importer;
  public final Database casesDatabase;
  public final Kept kept;
  public final Told told;
  private final World world;

  private TestCollector(Path root, Disk disk, ReceiveLimits limits, World world)
      throws IOException {
    folder = new DataFolder(root);
    Files.createDirectories(root);
    told = world.told;
    this.world = world;
    MigratedFiles.put(folder.catalog(), MigratedFiles.Schema.CATALOG);
    database = SqliteDatabase.open(folder.catalog());
    database.update("PRAGMA synchronous=OFF");
    MigratedFiles.put(folder.cases(), MigratedFiles.Schema.CASES);
    casesDatabase = SqliteDatabase.openCases(folder.cases());
    casesDatabase.update("PRAGMA synchronous=OFF");
    CustodyLog opened = null;
    try {
      store = FolderStore.open(folder, disk);
      catalog = Catalog.open(database);
      opened =
          CustodyLog.open(
              folder,
              disk,
              world.clock(),
              List.of(
                  new EndLedger(database, "catalog.db"), new EndLedger(casesDatabase, "cases.db")),
              entry -> {});
      custody = opened;
      publisher =
          new LogPublisher(
              custody,
              new FolderLog(folder, disk),
              LogKey.open(folder, disk),
              Turn.ALWAYS,
              world.clock());
      ReceiverDependencies dependencies =
          new ReceiverDependencies(
              folder,
              disk,
              store,
              catalog,
              custody,
              world::keyId,
              world.services::get,
              world.listener,
              world.freeBytes::get,
              world.clock(),
              world.nanos::get,
              left -> {});
      receiver =
          Receiver.open(
              dependencies, limits, World.sharedUploads ? this::sharedUploads : LocalUploads::open);
      bags =
          new BagImport(
              dependencies,
              limits,
              receiver::underWay,
              new CaptureLedger(database)::agentsOf,
              receiver.counters());
      importer = new FakeClient(new BagRoutes(bags, dependencies, limits).routes(), Role.RESPONDER);
      kept = Kept.open(this, world);
    } catch (IOException | RuntimeException e) {
      casesDatabase.close();
      if (opened != null) {
        opened.close();
      }
      database.close();
      throw e;
    }
    agentClient = new FakeClient(receiver.routes(), Role.AGENT);
    viewer =
        new FakeClient(
            new EvidenceRoutes(
                    store,
                    catalog,
                    new GravestLedger(database),
                    custody,
                    publisher,
                    world.clock(),
                    ManifestAnnouncements.NONE,
                    new ExportLog(custody, world.clock()),
                    agent -> null)
                .routes(),
            Role.VIEWER);
  }

  private Uploads sharedUploads(
      ReceiverDependencies dependencies, ReceiveLimits limits, ReceiverCounters counters)
      throws IOException {
    return SharedUploads.open(
        new ClockedDatabase(database, () -> world.now.get().plusNanos(world.nanos.get())),
        FolderObjects.open(folder.root(), dependencies.disk()),
        store,
        limits,
        new SharedSettings(
            folder.root().resolve("scratch"), 64 << 10, Duration.ofMillis(300), Duration.ZERO));
  }

  public static TestCollector open(Path root) throws IOException {
    return open(root, new UnforcedDisk(), LIMITS, new World());
  }

  public static TestCollector open(Path root, World world) throws IOException {
    return open(root, new UnforcedDisk(), LIMITS, world);
  }

  public static TestCollector open(Path root, Disk disk, ReceiveLimits limits, World world)
      throws IOException {
    return new TestCollector(root, disk, limits, world);
  }

  /** The agents are silent for so long that what came of their evidence is sealed as partial. */
  public void expireUploads() {
    world.now.updateAndGet(now -> now.plus(LIMITS.expiry()).plusSeconds(1));
    receiver.expire(AgentConnections.UNKNOWN);
  }

  /** The files of uploads under way. */
  public List<Path> uploadFiles() throws IOException {
    Path uploads = World.sharedUploads ? folder.root().resolve("uploads") : folder.incoming();
    if (!Files.exists(uploads)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(uploads)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  public VerificationReport verifyOffline() throws IOException {
    return new OfflineVerifier(InstantSource.system()).verify(folder.root());
  }

  @Override
  public void close() throws IOException {
    receiver.close();
    kept.close();
    custody.close();
    casesDatabase.close();
    database.close();
  }

  /** What the collector sees of the world, each thing to be turned by a test. */
  public static final class World {
    /** True while collectors keep uploads as several would that share them. */
    public static volatile boolean sharedUploads;

    public final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    public final AtomicLong nanos = new AtomicLong();
    public final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);
    public final Map<Id, String> keys = new HashMap<>();
    public final Map<Id, String> services = new HashMap<>();
    public final Told told = new Told();
    public SealListener listener = told;
    public RetentionLimits limits = RetentionLimits.NONE;
    public final List<PurgeListener> forgetting = new CopyOnWriteArrayList<>();

    /** The SHA-256 of the agent's key in {@link #keys}. */
    @Nullable Digest keyId(Id agent) {
      String key = keys.get(agent);
      return key == null ? null : new Digest(VerifyingKey.of(key).keyId());
    }

    /** Each look is a microsecond after the one before. */
    public InstantSource clock() {
      return () -> now.updateAndGet(before -> before.plusNanos(1000));
    }
  }

  /** What the listener was told. */
  public static final class Told implements SealListener {
    public final List<EvidenceRecord> sealed = new CopyOnWriteArrayList<>();
    public final List<EvidenceRecord> imported = new CopyOnWriteArrayList<>();
    public final AtomicLong lastProgress = new AtomicLong();
    public final AtomicLong lastStreamed = new AtomicLong();

    @Override
    public void sealed(EvidenceRecord record) {
      sealed.add(record);
    }

    @Override
    public void imported(EvidenceRecord record) {
      imported.add(record);
    }

    @Override
    public void progress(Arrived soFar) {
      lastProgress.set(soFar.bytes());
      lastStreamed.set(soFar.streamedBytes());
    }
  }
}
