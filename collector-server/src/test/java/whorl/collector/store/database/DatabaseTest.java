package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.testkit.TestDatabase;

@ParameterizedClass
@EnumSource
class DatabaseTest {
  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    database.update("CREATE TABLE t (k TEXT PRIMARY KEY, n BIGINT)");
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void text_withAnyCharacters_comesBackAsItWas() throws IOException {
    List<String> texts =
        List.of(
            "", "a\0b", "\0", "a\uFDD0b", "\uFDD00", "\uFDD0", "\0\uFDD01", "é€😀\n\t\u0001\uFFFF");
    for (String text : texts) {
      database.update("INSERT INTO t (k, n) VALUES (?, ?)", text, text.length());
    }

    assertThat(database.query("SELECT k FROM t", row -> row.getString(1)))
        .containsExactlyInAnyOrderElementsOf(texts);
    for (String text : texts) {
      assertThat(database.query("SELECT k FROM t WHERE k = ?", row -> row.getString("k"), text))
          .containsExactly(text);
    }
  }

  @Test
  void missingValues_areNull() throws IOException {
    database.update("INSERT INTO t (k, n) VALUES (?, ?)", "a", null);

    List<Boolean> nulls =
        database.query(
            "SELECT n, CAST(NULL AS TEXT) FROM t",
            row -> row.getLong(1) == 0 && row.wasNull() && row.getString(2) == null);
    assertThat(nulls).containsExactly(true);
  }

  @Test
  void transaction_thatFails_changesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      database.update("INSERT INTO t (k) VALUES ('a')");
                      throw new IOException("enough");
                    }))
        .hasMessage("enough");
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      database.update("INSERT INTO t (k) VALUES ('b')");
                      throw new IllegalStateException("bug");
                    }))
        .hasMessage("bug");

    assertThat(keys()).isEmpty();
    database.update("INSERT INTO t (k) VALUES ('c')");
    assertThat(keys()).containsExactly("c");
  }

  @Test
  void transactionInATransaction_isPartOfIt() throws IOException {
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      database.inTransaction(
                          () -> database.update("INSERT INTO t (k) VALUES ('a')"));
                      throw new IOException("enough");
                    }))
        .hasMessage("enough");
    assertThat(keys()).isEmpty();
  }

  @Test
  void failedStatement_thatTheWorkIgnores_undoesTheTransactionAllTheSame() throws IOException {
    database.update("INSERT INTO t (k, n) VALUES ('a', 0)");

    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      database.update("UPDATE t SET n = 5 WHERE k = 'a'");
                      assertThatThrownBy(() -> database.update("INSERT INTO t (k) VALUES ('a')"))
                          .isInstanceOf(IOException.class);
                      return 1;
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("constraint");

    assertThat(database.query("SELECT n FROM t", row -> row.getInt(1))).containsExactly(0);
  }

  @Test
  void statementThatFails_namesTheDatabase_andLeavesItUsable() throws IOException {
    database.update("INSERT INTO t (k) VALUES ('a')");

    assertThatThrownBy(() -> database.update("INSERT INTO t (k) VALUES ('a')"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(engine == TestDatabase.Engine.SQLITE ? "catalog.db" : "test_");
    database.update("INSERT INTO t (k) VALUES ('b')");
    assertThat(database.failure()).isNull();
  }

  @Test
  void updateAll_saysWhatEachRowChanged() throws IOException {
    database.update("INSERT INTO t (k) VALUES ('b')");

    int[] changed =
        database.updateAll(
            "INSERT INTO t (k, n) VALUES (?, ?) ON CONFLICT DO NOTHING",
            List.of(new Object[] {"a", 1}, new Object[] {"b", 2}, new Object[] {"c", 3}));

    assertThat(changed).containsExactly(1, 0, 1);
    assertThat(database.updateAll("DELETE FROM t WHERE k = ?", List.of())).isEmpty();
  }

  @Test
  void changesThatReturnRows_areQueries() throws IOException {
    assertThat(
            database.query(
                "INSERT INTO t (k, n) VALUES (?, 1) ON CONFLICT (k) DO UPDATE SET n = t.n + 1"
                    + " RETURNING n",
                row -> row.getLong(1),
                "a"))
        .containsExactly(1L);
    assertThat(database.query("DELETE FROM t RETURNING k", row -> row.getString(1)))
        .containsExactly("a");
    assertThat(keys()).isEmpty();
  }

  @Test
  void databaseTime_isThatOfTheMachine() throws IOException {
    long before = System.currentTimeMillis();
    long now = database.query("SELECT " + database.nowMillis(), row -> row.getLong(1)).get(0);
    assertThat(now).isBetween(before - 1, System.currentTimeMillis() + 1);
  }

  private List<String> keys() throws IOException {
    return database.query("SELECT k FROM t ORDER BY k", row -> row.getString(1));
  }
}
