package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.CaseLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EndLedger;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.store.records.JournalLedger.Entry;
import whorl.collector.store.records.JournalLedger.Limits;
import whorl.evidence.Id;

/** Files of the versions before migrations open without loss. */
class EarlierTablesTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String ALERT =
      "{\"alert\":{\"id\":\"alert-0001\",\"source\":\"falco\",\"time\":\"2026-11-20T12:00:00Z\","
          + "\"rule\":\"r\",\"level\":\"high\",\"title\":\"t\",\"stack\":[],\"fields\":{},"
          + "\"tags\":[]},\"receivedAt\":\"2026-11-20T12:00:00Z\",\"captures\":[],"
          + "\"journalEvents\":0}";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("catalog.db");
  }

  /** The tables of 0.1.0, as its ledgers made them. */
  @Test
  void tablesOfTheReleasedVersion_keepTheirRows_andAreCounted() throws Exception {
    write(
        "CREATE TABLE ledger_versions (ledger TEXT PRIMARY KEY, version INTEGER NOT NULL)",
        "INSERT INTO ledger_versions VALUES ('alerts', 3), ('journal', 2), ('enrolments', 2),"
            + " ('indicators', 1), ('custody-end', 1), ('agents', 1), ('rules', 1)",
        "CREATE TABLE alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
            + " source TEXT NOT NULL, rule TEXT NOT NULL, level TEXT NOT NULL, service TEXT,"
            + " bytes INTEGER NOT NULL, record TEXT NOT NULL, journal TEXT NOT NULL,"
            + " at INTEGER NOT NULL DEFAULT 0, outside INTEGER NOT NULL DEFAULT 0,"
            + " part INTEGER NOT NULL DEFAULT 0)",
        "INSERT INTO alerts (seq, id, source, rule, level, bytes, record, journal, outside)"
            + " VALUES (7, 'alert-0001', 'falco', 'r', 'high', 300, '"
            + ALERT
            + "', '[]', 1)",
        "CREATE TABLE journal (arrival INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL,"
            + " sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, line TEXT NOT NULL,"
            + " at INTEGER NOT NULL DEFAULT 0, UNIQUE (agent, sequence))",
        "CREATE INDEX journal_at ON journal (at)",
        "CREATE INDEX journal_agent_at ON journal (agent, at)",
        "INSERT INTO journal (agent, sequence, bytes, line) VALUES ('agent-one', 1, 5, 'abcde')",
        "CREATE TABLE first_keys (agent TEXT PRIMARY KEY, key_id TEXT NOT NULL,"
            + " sequence INTEGER NOT NULL, at_millis INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO first_keys VALUES ('agent-one', '" + "a".repeat(64) + "', 3, 4)",
        "CREATE TABLE indicators (kind TEXT NOT NULL, value TEXT NOT NULL, origin TEXT NOT NULL,"
            + " of_alert INTEGER NOT NULL, agent TEXT, service TEXT, pod TEXT,"
            + " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, count INTEGER NOT NULL,"
            + " PRIMARY KEY (kind, value, origin))",
        "INSERT INTO indicators VALUES ('host', 'h', 'evidence-1', 0, NULL, NULL, NULL, 1, 2, 3)",
        "CREATE TABLE custody_end (id INTEGER PRIMARY KEY CHECK (id = 1),"
            + " sequence INTEGER NOT NULL, hash TEXT NOT NULL)",
        "INSERT INTO custody_end VALUES (1, 9, '" + "b".repeat(64) + "')",
        "CREATE TABLE evidence (id TEXT PRIMARY KEY, sealed_at INTEGER NOT NULL,"
            + " service TEXT NOT NULL, agent TEXT NOT NULL, capture TEXT NOT NULL,"
            + " state TEXT NOT NULL, record TEXT NOT NULL, class TEXT NOT NULL,"
            + " bytes INTEGER NOT NULL)",
        "CREATE INDEX evidence_newest ON evidence (sealed_at DESC, id DESC)",
        "INSERT INTO evidence VALUES ('evidence-1', 1, 'shop', 'agent-one', 'capture-1', 'sealed',"
            + " '"
            + "c".repeat(64)
            + "', 'alert', 10)");

    for (int start = 0; start < 2; start++) {
      try (Database database = SqliteDatabase.open(file)) {
        AlertLedger alerts = new AlertLedger(database);
        assertThat(alerts.find(new Id("alert-0001"))).isNotNull();
        assertThat(alerts.count()).isEqualTo(1);
        JournalLedger journal = new JournalLedger(database, Limits.DEFAULT, () -> NOW);
        assertThat(journal.after(new Id("agent-one"), -1, 9))
            .containsExactly(new Entry(new Id("agent-one"), 1, "abcde"));
        assertThat(journal.bytes()).isEqualTo(5);
        assertThat(new EnrolmentLedger(database).lastSequence()).isEqualTo(3);
        assertThat(new IndicatorLedger(database).count()).isEqualTo(1);
        assertThat(new EndLedger(database, "x").read()).isNotNull();
        assertThat(Catalog.open(database).size()).isEqualTo(1);
      }
    }
  }

  @Test
  void firstTables_getTheColumnsOfLaterOnes() throws Exception {
    write(
        "CREATE TABLE alerts (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
            + " source TEXT NOT NULL, rule TEXT NOT NULL, level TEXT NOT NULL, service TEXT,"
            + " bytes INTEGER NOT NULL, record TEXT NOT NULL, journal TEXT NOT NULL)",
        "INSERT INTO alerts (id, source, rule, level, bytes, record, journal) VALUES"
            + " ('alert-0001', 'falco', 'r', 'high', 300, '{}', '[]'),"
            + " ('alert-0002', 'whorl', 'r', 'high', 200, '{}', '[]')",
        "CREATE TABLE journal (arrival INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL,"
            + " sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, line TEXT NOT NULL,"
            + " UNIQUE (agent, sequence))",
        "INSERT INTO journal (agent, sequence, bytes, line) VALUES ('agent-one', 1, 1, 'x')",
        "CREATE TABLE evidence (id TEXT PRIMARY KEY, sealed_at INTEGER NOT NULL)",
        "CREATE TABLE enrolments (agent TEXT PRIMARY KEY)");

    try (Database database = SqliteDatabase.open(file)) {
      assertThat(
              database.query(
                  "SELECT own_alerts, own_bytes, outside_alerts, outside_bytes FROM alert_usage",
                  row -> List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))))
          .containsExactly(List.of(1L, 200L, 1L, 300L));
      JournalLedger ledger =
          new JournalLedger(database, new Limits(1, 1 << 20, 1 << 20), () -> NOW);
      ledger.append(List.of(new Entry(new Id("agent-one"), 2, "y")));
      assertThat(ledger.after(new Id("agent-one"), -1, 10))
          .extracting(Entry::sequence)
          .containsExactly(2L);
      assertThat(Catalog.open(database).size()).as("recovery fills it").isZero();
      assertThat(
              database.query(
                  "SELECT name FROM sqlite_master WHERE name = 'enrolments'",
                  row -> row.getString(1)))
          .isEmpty();
    }
  }

  @Test
  void cases_keepTheirRows() throws Exception {
    file = folder.resolve("cases.db");
    write(
        "CREATE TABLE cases (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
            + " title TEXT NOT NULL, description TEXT NOT NULL, closed INTEGER NOT NULL,"
            + " created_at TEXT NOT NULL, created_by TEXT NOT NULL)",
        "INSERT INTO cases (id, title, description, closed, created_at, created_by) VALUES"
            + " ('case-0001', 't', 'd', 1, '2026-11-20T12:00:00Z', 'me')");

    try (Database database = SqliteDatabase.openCases(file)) {
      assertThat(new CaseLedger(database).find(new Id("case-0001"))).isNotNull();
    }
  }

  @Test
  void ledgerOfANewerVersion_isRefusedByName_andLeftAsItIs() throws Exception {
    write(
        "CREATE TABLE ledger_versions (ledger TEXT PRIMARY KEY, version INTEGER NOT NULL)",
        "INSERT INTO ledger_versions VALUES ('agents', 9)");

    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> SqliteDatabase.open(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("catalog.db")
          .hasMessageContaining("ledger agents has version 9, this Whorl reads 1")
          .hasMessageContaining("start the newer Whorl");
    }
  }

  /** Versions before migrations do not know the totals, so they must not write. */
  @Test
  void versionsBeforeMigrations_refuseTheFile() throws IOException {
    try (Database database = SqliteDatabase.open(file)) {
      assertThat(
              database.query(
                  "SELECT ledger, version FROM ledger_versions ORDER BY ledger",
                  row -> row.getString(1) + " " + row.getInt(2)))
          .containsExactly("alerts 4", "indicators 2", "journal 3");
    }
  }

  private void write(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
