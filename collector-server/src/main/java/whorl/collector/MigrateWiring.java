package whorl.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.MigrateConfig;
import whorl.collector.config.ObjectsPlace;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.maintenance.DataLock;
import whorl.collector.migrate.Migration;
import whorl.collector.migrate.MoveOutcome;
import whorl.collector.migrate.MoveSettings;
import whorl.collector.migrate.SharedEnd;
import whorl.collector.migrate.Watcher;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.KeptLease;
import whorl.collector.store.database.Leases;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.presence.PresenceLedger;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.wiring.base.ObjectsWiring;
import whorl.collector.wiring.base.RecordsWiring;
import whorl.collector.wiring.base.Sharing;

/** Opens both ends of a move, and sees to it that nobody else uses them. */
final class MigrateWiring {
  private static final int THREADS = 8;

  /** A move that was killed blocks the next one for so long. */
  private static final Duration LEASE = Duration.ofSeconds(20);

  private final MigrateConfig config;
  private final Watcher watcher;
  private final DataFolder data;
  private final List<AutoCloseable> closing = new ArrayList<>();

  private MigrateWiring(MigrateConfig config, Watcher watcher) {
    this.config = config;
    this.watcher = watcher;
    this.data = new DataFolder(config.data().toAbsolutePath().normalize());
  }

  /** Moves as the command says. */
  static MoveOutcome move(MigrateConfig config, Watcher watcher) throws IOException {
    MigrateWiring wiring = new MigrateWiring(config, watcher);
    @Nullable IOException failed = null;
    try {
      return wiring.move();
    } catch (IOException e) {
      failed = e;
      throw e;
    } finally {
      wiring.close(failed);
    }
  }

  private void close(@Nullable IOException failed) throws IOException {
    for (AutoCloseable each : closing) {
      try {
        each.close();
      } catch (Exception e) {
        if (failed == null) {
          throw new IOException("the move is complete, but did not end cleanly", e);
        }
        failed.addSuppressed(e);
      }
    }
  }

  private MoveOutcome move() throws IOException {
    Path work = work();
    if (config.back()) {
      Migration.requireEmptyOrBegun(data);
    } else if (!Files.isDirectory(data.root())) {
      throw new IOException(
          "the data folder " + data.root() + " does not exist; name it with --data");
    }
    if (!config.back() || !config.dryRun()) {
      closing.add(0, DataLock.take(data.root()));
    }
    MoveSettings settings =
        new MoveSettings(work, Disk.LOCAL, watcher, InstantSource.system(), THREADS);
    String name = RecordsWiring.address(config.records()) + " and " + name(config.objects());
    if (config.dryRun() && !config.back()) {
      PostgresDatabase.check(RecordsWiring.address(config.records()));
      return Migration.planToShared(data, name, settings);
    }
    SignerKey key = key();
    Database database = PostgresDatabase.open(RecordsWiring.address(config.records()));
    closing.add(0, database);
    alone(database);
    ObjectStore objects = ObjectsWiring.open(config.objects());
    closing.add(0, objects);
    SharedEnd shared = SharedEnd.open(name, database, database, objects, work);
    closing.add(0, shared);
    if (config.dryRun()) {
      return Migration.planToFolder(shared, data, settings);
    }
    MoveOutcome outcome =
        config.back()
            ? Migration.toFolder(shared, data, key, settings)
            : Migration.toShared(data, shared, key, settings);
    requireNoCollector(database);
    return outcome;
  }

  private static String name(ObjectsPlace.Shared objects) {
    return objects.bucket() != null ? objects.bucket().name() : String.valueOf(objects.folder());
  }

  private Path work() throws IOException {
    Path parent = config.work();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path work =
        parent == null
            ? Files.createTempDirectory("whorl-migrate-")
            : Files.createTempDirectory(parent, "whorl-migrate-");
    closing.add(0, () -> Disk.LOCAL.delete(work));
    return work;
  }

  private SignerKey key() throws IOException {
    Path file = config.custodyKey() == null ? data.logKey() : config.custodyKey();
    try {
      return LogKey.read(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the key of the custody log is not in "
              + file
              + "; give its file with --custody-key, or start serve with the data folder once,"
              + " which makes one",
          e);
    }
  }

  /** Takes the database for this move alone. */
  private void alone(Database database) throws IOException {
    Leases leases = new Leases(database, Sharing.name());
    Optional<Leases.Lease> other = leases.current(MoveLedger.LEASE);
    if (other.isPresent()) {
      throw new IOException(
          "another whorl migrate works with this database, "
              + other.get().holder()
              + ", or was killed less than "
              + LEASE.toSeconds()
              + " seconds ago; wait for its end");
    }
    CountDownLatch taken = new CountDownLatch(1);
    KeptLease lease =
        leases.keep(
            MoveLedger.LEASE,
            LEASE,
            new KeptLease.Listener() {
              @Override
              public void taken(Leases.Lease ours) {
                taken.countDown();
              }

              @Override
              public void lost(Leases.Lease ours) {
                // the collectors, and the next move, look at the state of the records too
              }
            });
    closing.add(0, lease);
    try {
      if (!taken.await(LEASE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("another whorl migrate works with this database; wait for its end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    requireNoCollector(database);
  }

  private static void requireNoCollector(Database database) throws IOException {
    List<String> living = new PresenceLedger(database, "").living();
    if (!living.isEmpty()) {
      throw new IOException(
          "collectors run with this database: "
              + String.join(", ", living)
              + "; stop them (one that was killed counts for 15 seconds more), and run whorl"
              + " migrate again");
    }
  }
}
