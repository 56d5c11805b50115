package whorl.collector.wiring.base;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.ServeConfig;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.http.server.Metrics;
import whorl.collector.maintenance.DatabaseCheck;
import whorl.collector.maintenance.PeriodicTasks;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.Ballast;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.MoveLedger;

/**
 * What every capability is built on, and where it registers: its metrics, its checks, and what must
 * be closed.
 *
 * @param freeBytes what is free on the disk of the data folder
 * @param records the databases
 * @param sharing the other collectors, if there are any
 * @param objects where evidence is kept
 * @param catalog lists evidence
 * @param closing what must be closed, last opened first
 */
public record Foundation(
    ServeConfig config,
    DataFolder folder,
    LongSupplier freeBytes,
    Ballast ballast,
    RecordsWiring records,
    Sharing sharing,
    ObjectsWiring objects,
    Catalog catalog,
    Metrics metrics,
    Readiness readiness,
    List<AutoCloseable> closing) {

  /**
   * Opens the data folder, the records and the objects.
   *
   * @param closing receives what must be closed, also if this fails
   */
  public static Foundation open(
      ServeConfig config, Metrics metrics, Readiness readiness, List<AutoCloseable> closing)
      throws IOException {
    DataFolder folder = new DataFolder(config.dataFolder());
    LongSupplier freeBytes = () -> config.dataFolder().toFile().getUsableSpace();
    Ballast ballast = new Ballast(folder, freeBytes);
    ballast.look(); // first, so that a full disk does not prevent the start
    RecordsWiring records = RecordsWiring.open(config.records(), closing);
    Database database = records.database();
    Sharing sharing = Sharing.open(config, database, closing);
    ObjectsWiring objects = ObjectsWiring.open(config.objects(), folder, database, closing);
    objects.register(metrics);
    objects.check(readiness);
    readiness.addRequired(() -> diskProblem(freeBytes));
    readiness.addRequired(records::failure);
    return new Foundation(
        config,
        folder,
        freeBytes,
        ballast,
        records,
        sharing,
        objects,
        Catalog.open(database),
        metrics,
        readiness,
        closing);
  }

  private static @Nullable String diskProblem(LongSupplier freeBytes) {
    long free = freeBytes.getAsLong();
    long reserve = ReceiveLimits.DEFAULT.freeReserveBytes();
    return free < reserve
        ? "the disk has "
            + (free >> 20)
            + " MiB left, and "
            + (reserve >> 20)
            + " MiB are reserved: uploads are refused; free some space"
        : null;
  }

  /** This collector is about to change the records: from now on, no move may fill them. */
  public void useRecords() throws IOException {
    new MoveLedger(database()).use();
  }

  /** Starts to look after the disk and the databases. */
  public void start() {
    every("ballast", Duration.ofSeconds(2), ballast::look);
    DatabaseCheck damage = new DatabaseCheck(records.files());
    readiness.addOptional(damage::problem);
    damage.start();
  }

  /** Closes the part before all that was opened earlier. */
  public void closeFirst(AutoCloseable part) {
    closing.add(0, part);
  }

  /**
   * Repeats a task until the collector stops.
   *
   * @param name for the thread and for messages, such as {@code expiry}
   */
  public void every(String name, Duration pause, PeriodicTasks.Task task) {
    closeFirst(PeriodicTasks.start(name, pause, task));
  }

  /**
   * Second JVMs that read hostile input.
   *
   * @param part the name of their folder
   * @param atOnce how many run at the same time
   * @param patience how long a reader waits for its turn
   */
  public ConfinedJvm confined(String part, int atOnce, Duration patience) throws IOException {
    Path own = folder.confined(part);
    Disk.LOCAL.createFolders(own);
    ConfinedJvm confined = new ConfinedJvm(own, atOnce, patience);
    closeFirst(confined);
    return confined;
  }

  /** The records of all but cases. */
  public Database database() {
    return records.database();
  }

  /** The evidence. */
  public EvidenceStore store() {
    return objects.store();
  }

  /** The same for all collectors. */
  public InstantSource clock() {
    return sharing.clock();
  }

  /** The time of ledgers: the database's if collectors share it. */
  public LedgerTime ledgerTime() {
    return sharing.isShared() ? LedgerTime.of(database()) : LedgerTime.of(clock());
  }

  /** The version of this collector; null if it does not run from its jar. */
  public static @Nullable String version() {
    return Foundation.class.getPackage().getImplementationVersion();
  }
}
