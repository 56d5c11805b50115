package whorl.collector.migrate;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.receive.local.UploadFolder;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.FolderStore;
import whorl.collector.store.records.MoveLedger;

/**
 * Moves everything of a collector from a data folder to what collectors share, or back. The source
 * is only read, until it is marked as moved at the end. An interrupted move goes on with the same
 * call. No collector may run at either end; the caller sees to that.
 */
public final class Migration {
  private static final Set<String> NOT_OF_A_COLLECTOR = Set.of("lock", "lost+found", "tokens");

  private Migration() {}

  /**
   * Moves a data folder to what collectors share.
   *
   * @param key signs the custody log
   * @throws IOException with a message that names the remedy; the same call goes on
   */
  public static MoveOutcome toShared(
      DataFolder data, SharedEnd shared, SignerKey key, MoveSettings settings) throws IOException {
    try (SourceFolder source =
            SourceFolder.open(data, settings.work().resolve("source"), settings.clock());
        Direction direction = new ToShared(source, shared, key, settings)) {
      return new Move(direction, settings).run();
    }
  }

  /**
   * What {@link #toShared} would move; changes nothing.
   *
   * @param to the destination, for people
   */
  public static MoveOutcome planToShared(DataFolder data, String to, MoveSettings settings)
      throws IOException {
    try (SourceFolder source =
        SourceFolder.open(data, settings.work().resolve("source"), settings.clock())) {
      End from =
          new End(
              data.root().toString(),
              source.database(),
              source.cases(),
              FolderStore.existing(data));
      long uploads = new UploadFolder(data, settings.disk()).read().size();
      return MovePlan.of(from, to, source.log(), uploads);
    }
  }

  /** What {@link #toFolder} would move; changes nothing. */
  public static MoveOutcome planToFolder(SharedEnd shared, DataFolder data, MoveSettings settings)
      throws IOException {
    requireWhole(shared);
    requireEmptyOrBegun(data);
    return MovePlan.of(
        shared.end(),
        data.root().toString(),
        ToFolder.log(shared, settings.clock()),
        ToFolder.uploads(shared));
  }

  /**
   * Moves what collectors share to a data folder.
   *
   * @param data a folder that does not exist, is empty, or was not filled completely
   * @param key signs the custody log
   * @throws IOException with a message that names the remedy; the same call goes on
   */
  public static MoveOutcome toFolder(
      SharedEnd shared, DataFolder data, SignerKey key, MoveSettings settings) throws IOException {
    requireWhole(shared);
    requireEmptyOrBegun(data);
    settings.disk().createFolders(data.root());
    try (Database database = SqliteDatabase.open(data.catalog());
        Database cases = SqliteDatabase.openCases(data.cases());
        Direction direction = new ToFolder(shared, data, database, cases, key, settings)) {
      return new Move(direction, settings).run();
    }
  }

  private static void requireWhole(SharedEnd shared) throws IOException {
    MoveLedger.Move move = new MoveLedger(shared.database()).find();
    if (move != null && move.state() == MoveLedger.State.FILLING) {
      throw new IOException(
          shared.name()
              + " is incomplete: whorl migrate began to fill it from "
              + move.other()
              + " and did not end; end that first");
    }
  }

  /** Requires that no collector has ever used the folder, and nothing else is in it. */
  public static void requireEmptyOrBegun(DataFolder data) throws IOException {
    if (!Files.isDirectory(data.root()) || hasBegun(data)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data.root())) {
      for (Path file : files) {
        if (!NOT_OF_A_COLLECTOR.contains(String.valueOf(file.getFileName()))) {
          throw new IOException(
              data.root()
                  + " is not empty, it has "
                  + file.getFileName()
                  + "; give a folder that does not exist or is empty");
        }
      }
    }
  }

  /** True if a move began to fill the folder, and nothing else did. */
  private static boolean hasBegun(DataFolder data) throws IOException {
    if (!Files.exists(data.catalog()) || Files.exists(data.moved())) {
      return false;
    }
    try (Database database = SqliteDatabase.open(data.catalog())) {
      return new MoveLedger(database).find() != null
          || !Files.exists(data.custodyLog()) && isEmpty(database);
    }
  }

  private static boolean isEmpty(Database database) throws IOException {
    for (String table : RecordTables.COPIED) {
      if (!RecordTables.NEVER_EMPTY.contains(table) && TableCopy.count(database, table) > 0) {
        return false;
      }
    }
    return true;
  }
}
