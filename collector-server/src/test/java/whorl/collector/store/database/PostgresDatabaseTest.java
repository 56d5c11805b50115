package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.store.outage.Outage;
import whorl.collector.testkit.TcpProxy;
import whorl.collector.testkit.TestPostgres;

class PostgresDatabaseTest {
  private TestPostgres postgres;
  private TcpProxy proxy;
  private PostgresDatabase database;

  @BeforeEach
  void open() throws IOException {
    postgres = TestPostgres.create();
    proxy = new TcpProxy(postgres.port());
    database =
        PostgresDatabase.open(
            new PostgresAddress(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + postgres.name(),
                "postgres",
                null));
    database.update("CREATE TABLE t (k TEXT PRIMARY KEY, n BIGINT)");
    database.update("INSERT INTO t (k, n) VALUES ('a', 0), ('b', 0)");
  }

  @AfterEach
  void close() throws IOException {
    database.close();
    proxy.close();
    postgres.close();
  }

  /** Each transaction locks what the other wants next, so PostgreSQL ends one of them. */
  @Test
  void deadlock_isTriedAgain() throws Exception {
    ExecutorService both = Executors.newFixedThreadPool(2);
    CyclicBarrier first = new CyclicBarrier(2);
    AtomicInteger runs = new AtomicInteger();
    try {
      Future<Integer> one = both.submit(() -> addTo("a", "b", first, runs));
      Future<Integer> two = both.submit(() -> addTo("b", "a", first, runs));
      one.get(30, TimeUnit.SECONDS);
      two.get(30, TimeUnit.SECONDS);
    } finally {
      both.shutdownNow();
    }

    assertThat(runs).hasValueGreaterThan(2);
    assertThat(database.query("SELECT n FROM t", row -> row.getInt(1))).containsExactly(2, 2);
  }

  private int addTo(String key, String next, CyclicBarrier first, AtomicInteger runs)
      throws IOException {
    boolean[] waited = new boolean[1];
    return database.inTransaction(
        () -> {
          runs.incrementAndGet();
          database.update("UPDATE t SET n = n + 1 WHERE k = ?", key);
          if (!waited[0]) {
            waited[0] = true;
            meet(first);
          }
          return database.update("UPDATE t SET n = n + 1 WHERE k = ?", next);
        });
  }

  private static void meet(CyclicBarrier barrier) throws IOException {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Test
  void connectionThatBreaksBeforeTheCommit_isReplaced_andTheWorkRunsAgain() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    database.inTransaction(
        () -> {
          database.update("UPDATE t SET n = n + 1 WHERE k = 'a'");
          if (runs.incrementAndGet() == 1) {
            endConnections();
          }
          return database.update("UPDATE t SET n = n + 1 WHERE k = 'b'");
        });

    assertThat(runs).hasValue(2);
    assertThat(database.query("SELECT n FROM t", row -> row.getInt(1))).containsExactly(1, 1);
  }

  @Test
  void workThatMustRunOnce_failsWithItsConnection() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    assertThatThrownBy(
            () ->
                database.inTransactionOnce(
                    () -> {
                      runs.incrementAndGet();
                      database.update("UPDATE t SET n = n + 1 WHERE k = 'a'");
                      endConnections();
                      return database.update("UPDATE t SET n = n + 1 WHERE k = 'b'");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(postgres.name());

    assertThat(runs).hasValue(1);
    assertThat(database.query("SELECT n FROM t", row -> row.getInt(1))).containsExactly(0, 0);
  }

  @Test
  void commitWhoseAnswerIsLost_isFoundToHaveTakenEffect_andIsNotRepeated() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    int result = database.inTransaction(() -> addOneAndBreak(runs, true));

    assertThat(proxy.hasBroken()).isTrue();
    assertThat(result).isEqualTo(1);
    assertThat(runs).hasValue(1);
    assertThat(database.query("SELECT n FROM t WHERE k = 'a'", row -> row.getInt(1)))
        .containsExactly(1);
  }

  @Test
  void commitThatNeverArrives_isFoundToBeUndone_andRunsAgain() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    database.inTransaction(() -> addOneAndBreak(runs, false));

    assertThat(proxy.hasBroken()).isTrue();
    assertThat(runs).hasValue(2);
    assertThat(database.query("SELECT n FROM t WHERE k = 'a'", row -> row.getInt(1)))
        .containsExactly(1);
  }

  @Test
  void workThatMustRunOnce_whoseCommitIsLost_succeedsIfItTookEffect() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    database.inTransactionOnce(() -> addOneAndBreak(runs, true));
    runs.set(0);
    assertThatThrownBy(() -> database.inTransactionOnce(() -> addOneAndBreak(runs, false)))
        .isInstanceOf(IOException.class);

    assertThat(database.query("SELECT n FROM t WHERE k = 'a'", row -> row.getInt(1)))
        .containsExactly(1);
  }

  private int addOneAndBreak(AtomicInteger runs, boolean arrive) throws IOException {
    int changed = database.update("UPDATE t SET n = n + 1 WHERE k = 'a'");
    if (runs.incrementAndGet() == 1) {
      proxy.breakAt("COMMIT", arrive);
    }
    return changed;
  }

  @Test
  void commitWhoseServerIsLost_isAnErrorThatSaysSo_andIsNotRepeated() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      int changed = database.update("UPDATE t SET n = n + 1 WHERE k = 'a'");
                      runs.incrementAndGet();
                      proxy.breakAt("COMMIT", true);
                      proxy.refuseNew();
                      return changed;
                    }))
        .hasMessageContaining("may have taken effect or not")
        .satisfies(e -> assertThat(Outage.of(e)).isEqualTo("the database with the records"));
    assertThat(runs).hasValue(1);
  }

  @Test
  void serverThatAnswersNothing_endsStatementsWithinSeconds_andThreadsAndPoolRecover()
      throws Exception {
    ExecutorService many = Executors.newFixedThreadPool(20);
    try {
      List<Future<Integer>> waiting = new ArrayList<>();
      List<Integer> before = database.query("SELECT n FROM t", row -> row.getInt(1));
      proxy.swallow();
      long began = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        waiting.add(many.submit(() -> database.update("UPDATE t SET n = n")));
      }
      for (Future<Integer> each : waiting) {
        assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .satisfies(e -> assertThat(Outage.of(e)).isEqualTo("the database with the records"));
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> database.failure() != null);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
      long asked = System.nanoTime();
      assertThatThrownBy(() -> database.query("SELECT 1", row -> row.getInt(1)))
          .isInstanceOf(IOException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(1));

      proxy.repair();

      await().atMost(Duration.ofSeconds(30)).until(() -> database.failure() == null);
      for (int i = 0; i < 20; i++) {
        assertThat(database.query("SELECT n FROM t", row -> row.getInt(1))).isEqualTo(before);
      }
    } finally {
      many.shutdownNow();
    }
  }

  @Test
  void lostServer_isReported_andUsedAgainWhenItIsBack() throws IOException {
    proxy.cut();
    assertThatThrownBy(() -> database.update("UPDATE t SET n = 1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(postgres.name() + " at 127.0.0.1:" + proxy.port())
        .hasMessageContaining("goes on by itself");
    await().atMost(Duration.ofSeconds(30)).until(() -> database.failure() != null);

    proxy.repair();

    await().atMost(Duration.ofSeconds(30)).until(() -> database.failure() == null);
    assertThat(database.update("UPDATE t SET n = 1")).isEqualTo(2);
  }

  @Test
  void serverThatIsAway_isRefusedInTime_withoutThePassword() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    PostgresAddress away =
        new PostgresAddress(
            "jdbc:postgresql://127.0.0.1:" + free + "/whorl?user=w&password=secret-1", null, null);

    assertThatThrownBy(() -> PostgresDatabase.open(away))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PostgreSQL database whorl at 127.0.0.1:" + free)
        .hasMessageContaining("check that the server runs")
        .hasStackTraceContaining("refused")
        .satisfies(e -> assertThat(stack(e)).doesNotContain("secret-1"));
    assertThat(away.toString()).doesNotContain("secret-1").contains("whorl");
  }

  @Test
  void addressThatCannotBeRead_isNotRepeated() {
    PostgresAddress wrong =
        new PostgresAddress("jdbc:postgresql://host:port/db?password=secret-1", null, null);

    assertThatThrownBy(() -> PostgresDatabase.open(wrong))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(stack(e)).doesNotContain("secret-1"));
    assertThat(wrong.toString()).doesNotContain("secret-1");
  }

  @Test
  void wrongDatabase_isRefusedWithARemedy() {
    PostgresAddress wrong =
        new PostgresAddress(
            "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/no_such", "postgres", null);

    assertThatThrownBy(() -> PostgresDatabase.open(wrong))
        .hasMessageContaining("no_such")
        .hasMessageContaining("CREATE DATABASE");
  }

  @Test
  void passwordFileThatIsMissing_isNamed() {
    PostgresAddress address =
        new PostgresAddress(
            postgres.address().url(),
            "postgres",
            () -> {
              throw new IOException("/run/password: no such file");
            });

    assertThatThrownBy(() -> PostgresDatabase.open(address))
        .hasMessageContaining("/run/password: no such file");
  }

  @Test
  void oldServer_otherEncoding_andMissingSchema_areRefused() {
    assertThat(PostgresServer.problem(140_022, "UTF8", "public"))
        .isEqualTo("the server has version 14, and Whorl needs PostgreSQL 15 or newer");
    assertThat(PostgresServer.problem(170_002, "SQL_ASCII", "public")).contains("ENCODING 'UTF8'");
    assertThat(PostgresServer.problem(170_002, "UTF8", null)).contains("currentSchema");
    assertThat(PostgresServer.problem(150_000, "UTF8", "public")).isNull();
  }

  @Test
  void databaseOfAnotherEncoding_isRefused() throws Exception {
    String name = postgres.name() + "_ascii";
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE "
              + name
              + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    }
    assertThatThrownBy(
            () ->
                PostgresDatabase.open(
                    new PostgresAddress(
                        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + name,
                        "postgres",
                        null)))
        .hasMessageContaining(name)
        .hasMessageContaining("UTF8");
  }

  @Test
  void statementsAndLocks_haveTimeLimits() throws IOException {
    assertThat(database.query("SHOW statement_timeout", row -> row.getString(1)))
        .containsExactly("30s");
    assertThat(database.query("SHOW lock_timeout", row -> row.getString(1))).containsExactly("10s");
    assertThat(database.query("SHOW synchronous_commit", row -> row.getString(1)))
        .containsExactly("on");
  }

  /** Ends all connections to the database but this one. */
  private void endConnections() throws IOException {
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static String stack(Throwable e) {
    java.io.StringWriter text = new java.io.StringWriter();
    e.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }
}
