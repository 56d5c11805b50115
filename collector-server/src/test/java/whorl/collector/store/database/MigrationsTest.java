package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.TestPostgres;

class MigrationsTest {
  @TempDir Path folder;

  @Test
  void collectorsThatStartTogether_migrateOnce() throws Exception {
    int collectors = 4;
    ExecutorService threads = Executors.newFixedThreadPool(collectors);
    try (TestPostgres postgres = TestPostgres.empty()) {
      List<Future<PostgresDatabase>> starting = new ArrayList<>();
      for (int i = 0; i < collectors; i++) {
        starting.add(threads.submit(() -> PostgresDatabase.open(postgres.address())));
      }
      for (Future<PostgresDatabase> each : starting) {
        try (PostgresDatabase database = each.get()) {
          assertThat(
                  database.query(
                      "SELECT version, count(*) FROM schema_history WHERE version IS NOT NULL"
                          + " GROUP BY version HAVING count(*) > 1",
                      row -> row.getString(1)))
              .isEmpty();
          assertThat(database.query("SELECT count(*) FROM evidence", row -> row.getInt(1)))
              .containsExactly(0);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void schemaOfANewerVersion_isUsed_unlessItSaysThatItCannotBe(TestDatabase.Engine engine)
      throws IOException {
    try (TestDatabase data = TestDatabase.create(engine, folder)) {
      try (Database database = data.open()) {
        database.update(
            "INSERT INTO schema_history (installed_rank, version, description, type, script,"
                + " checksum, installed_by, execution_time, success) VALUES"
                + " (1000, '900', 'later', 'SQL', 'V900__later.sql', 1, 'x', 1, "
                + (engine == TestDatabase.Engine.SQLITE ? "1" : "true")
                + ")");
        database.update("CREATE TABLE later (a TEXT)");
      }
      try (Database database = data.open()) {
        database.update("UPDATE schema_readers SET least_version = 900");
      }
      assertThatThrownBy(data::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was changed by a newer Whorl")
          .hasMessageContaining("knows version 900");
    }
  }

  @Test
  void tablesOfAnotherProgram_areLeftAlone() throws Exception {
    try (TestPostgres postgres = TestPostgres.empty()) {
      try (var connection = postgres.connection();
          var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE orders (id INT)");
      }
      assertThatThrownBy(() -> PostgresDatabase.open(postgres.address()))
          .hasMessageContaining("tables of another program")
          .hasMessageContaining("currentSchema");
      try (var connection = postgres.connection();
          var statement = connection.createStatement()) {
        statement.execute("CREATE SCHEMA whorl");
      }
      PostgresAddress own =
          new PostgresAddress(postgres.address().url() + "?currentSchema=whorl", "postgres", null);
      try (PostgresDatabase database = PostgresDatabase.open(own)) {
        assertThat(
                database.query(
                    "SELECT schemaname FROM pg_tables WHERE tablename = 'evidence'",
                    row -> row.getString(1)))
            .containsExactly("whorl");
      }
    }
  }
}
