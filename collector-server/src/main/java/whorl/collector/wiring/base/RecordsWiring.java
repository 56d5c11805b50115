package whorl.collector.wiring.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.RecordsPlace;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.store.database.PostgresAddress;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Modes;
import whorl.collector.store.records.EndLedger;
import whorl.collector.store.records.MoveLedger;

/**
 * The databases of the records.
 *
 * @param database has all but the cases
 * @param cases the same one on PostgreSQL
 * @param ends the end of the custody log, in each database
 * @param files the SQLite files; none on PostgreSQL
 * @param name of {@code database}, for messages
 */
public record RecordsWiring(
    Database database, Database cases, List<EndLedger> ends, List<Path> files, String name) {
  /**
   * Opens the databases.
   *
   * @param closing receives what must be closed, last opened first
   */
  public static RecordsWiring open(RecordsPlace place, List<AutoCloseable> closing)
      throws IOException {
    if (place instanceof RecordsPlace.Postgres postgres) {
      PostgresDatabase database = PostgresDatabase.open(address(postgres));
      closing.add(0, database);
      String name = database.toString();
      admit(database, name);
      return new RecordsWiring(
          database, database, List.of(new EndLedger(database, name)), List.of(), name);
    }
    DataFolder folder = new DataFolder(((RecordsPlace.Folder) place).folder());
    Files.createDirectories(folder.root(), Modes.folder());
    if (Files.exists(folder.moved())) {
      throw new IOException(
          Files.readString(folder.moved()).strip().replaceAll("\\s+", " ")
              + " ("
              + folder.moved()
              + ")");
    }
    Database database = SqliteDatabase.open(folder.catalog());
    closing.add(0, database);
    admit(database, "the data folder " + folder.root());
    Database cases = cases(folder);
    closing.add(0, cases);
    String name = String.valueOf(folder.catalog().getFileName());
    return new RecordsWiring(
        database,
        cases,
        List.of(
            new EndLedger(database, name),
            new EndLedger(cases, String.valueOf(folder.cases().getFileName()))),
        List.of(folder.cases(), folder.catalog()),
        name);
  }

  /** Refuses records that a move has not filled completely, or has moved elsewhere. */
  private static void admit(Database database, String name) throws IOException {
    Optional<Leases.Lease> move = new Leases(database, "").current(MoveLedger.LEASE);
    if (move.isPresent()) {
      throw new IOException(
          name
              + " is being moved by whorl migrate ("
              + move.get().holder()
              + "); start the collector when that has ended, with what it fills");
    }
    new MoveLedger(database).admit(name);
  }

  private static Database cases(DataFolder folder) throws IOException {
    try {
      return SqliteDatabase.openCases(folder.cases());
    } catch (IOException e) {
      throw new IOException(
          e.getMessage()
              + "; if it is damaged, move it away: holds stay in effect, because"
              + " they are in custody; cases and notes are lost",
          e);
    }
  }

  /** Why the records cannot be used; null if they can. */
  public @Nullable String failure() {
    String failure = database.failure();
    return failure == null ? null : name + " fails: " + failure;
  }

  public static PostgresAddress address(RecordsPlace.Postgres place) {
    Path file = place.passwordFile();
    String password = place.password();
    return new PostgresAddress(
        place.url(),
        place.user(),
        file != null ? () -> read(file) : password != null ? () -> password : null);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      throw new IOException("the password file " + file + " does not exist", e);
    } catch (IOException e) {
      throw new IOException("cannot read the password file " + file + ": " + e.getMessage(), e);
    }
  }
}
