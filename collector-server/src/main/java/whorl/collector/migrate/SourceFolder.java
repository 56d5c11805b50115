package whorl.collector.migrate;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.custody.log.CustodyCopy;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.EndLedger;

/**
 * A data folder as the source of a move. Its databases and its custody log are copied first, and
 * the copies are brought up to date and checked as a collector does at its start, so that the
 * folder itself stays as it is.
 */
final class SourceFolder implements AutoCloseable {
  private final DataFolder folder;
  private final DataFolder copy;
  private final Database database;
  private final Database cases;
  private final CustodyLog log;

  private SourceFolder(
      DataFolder folder, DataFolder copy, Database database, Database cases, CustodyLog log) {
    this.folder = folder;
    this.copy = copy;
    this.database = database;
    this.cases = cases;
    this.log = log;
  }

  /**
   * Copies and opens the databases and the log.
   *
   * @param work a folder that is empty
   * @throws IOException also if this is no data folder, or one whose evidence is elsewhere
   */
  static SourceFolder open(DataFolder folder, Path work, InstantSource clock) throws IOException {
    if (!Files.exists(folder.custodyLog()) || !Files.exists(folder.catalog())) {
      throw new IOException(
          folder.root()
              + " is no data folder of a collector that keeps everything in it: it lacks "
              + (Files.exists(folder.catalog()) ? "custody/custody.ndjson" : "catalog.db")
              + "; give the right one with --data, or start serve with it once");
    }
    DataFolder copy = new DataFolder(work);
    Disk.LOCAL.createFolders(work);
    snapshot(folder.catalog(), copy.catalog());
    snapshot(folder.cases(), copy.cases());
    copyLog(folder, copy);
    Database database = SqliteDatabase.open(copy.catalog());
    try {
      refuseElsewhere(folder, database);
      Database cases = SqliteDatabase.openCases(copy.cases());
      CustodyLog log =
          CustodyLog.open(
              copy,
              Disk.LOCAL,
              clock,
              List.of(new EndLedger(database, "catalog.db"), new EndLedger(cases, "cases.db")),
              entry -> {});
      return new SourceFolder(folder, copy, database, cases, log);
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static void snapshot(Path file, Path copy) throws IOException {
    if (Files.exists(file)) {
      Files.deleteIfExists(copy);
      SqliteDatabase.snapshot(file, copy);
    }
  }

  /** Without an incomplete last line, which was never acknowledged. */
  private static void copyLog(DataFolder from, DataFolder to) throws IOException {
    Disk.LOCAL.createFolders(to.custody());
    new CustodyCopy(from.custodyLog(), to.custodyLog()).extend();
    copyFile(from.checkpoint(), to.checkpoint());
    if (Files.isDirectory(from.stamps())) {
      Disk.LOCAL.createFolders(to.stamps());
      try (DirectoryStream<Path> stamps = Files.newDirectoryStream(from.stamps())) {
        for (Path stamp : stamps) {
          copyFile(stamp, to.stamps().resolve(stamp.getFileName()));
        }
      }
    }
  }

  private static void copyFile(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.copy(from, to);
    }
  }

  private static void refuseElsewhere(DataFolder folder, Database database) throws IOException {
    if (TableCopy.count(database, "evidence_records") > 0) {
      throw new IOException(
          "the evidence of "
              + folder.root()
              + " is in an object store (serve --objects), and only its records are here; whorl"
              + " migrate moves collectors that keep both in the data folder");
    }
  }

  DataFolder folder() {
    return folder;
  }

  /** Has the copies of the databases and of the log. */
  DataFolder copy() {
    return copy;
  }

  Database database() {
    return database;
  }

  Database cases() {
    return cases;
  }

  CustodyLog log() {
    return log;
  }

  @Override
  public void close() throws IOException {
    log.close();
    cases.close();
    database.close();
  }
}
