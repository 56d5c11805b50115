package whorl.collector.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.database.SqliteDatabase;

/** A new database of one engine, for tests that hold on all engines. */
public final class TestDatabase implements AutoCloseable {
  /** The engines that records can be in. */
  public enum Engine {
    SQLITE,
    POSTGRESQL
  }

  private final Path folder;
  private final @Nullable TestPostgres postgres;
  private final List<Database> opened = new ArrayList<>();

  private TestDatabase(Path folder, @Nullable TestPostgres postgres) {
    this.folder = folder;
    this.postgres = postgres;
  }

  /**
   * @param folder for the files of an engine that needs some
   */
  public static TestDatabase create(Engine engine, Path folder) throws IOException {
    return new TestDatabase(folder, engine == Engine.SQLITE ? null : TestPostgres.create());
  }

  /** Opens the database of the records, as a collector does; on PostgreSQL one of several. */
  public Database open() throws IOException {
    if (postgres != null) {
      return add(PostgresDatabase.open(postgres.address()));
    }
    Path file = folder.resolve("catalog.db");
    MigratedFiles.put(file, MigratedFiles.Schema.CATALOG);
    return add(SqliteDatabase.open(file));
  }

  /** Opens the database of the cases. */
  public Database openCases() throws IOException {
    if (postgres != null) {
      return add(PostgresDatabase.open(postgres.address()));
    }
    Path file = folder.resolve("cases.db");
    MigratedFiles.put(file, MigratedFiles.Schema.CASES);
    return add(SqliteDatabase.openCases(file));
  }

  private Database add(Database database) {
    opened.add(database);
    return database;
  }

  @Override
  public void close() throws IOException {
    for (Database database : opened) {
      database.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }
}
