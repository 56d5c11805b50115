package whorl.collector.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import whorl.collector.store.access.Part;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.hunts.HuntLedger;
import whorl.collector.store.hunts.HuntRecord;
import whorl.collector.store.hunts.HuntTarget;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.IndicatorKind;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.HuntQuestion;

/**
 * Records of a collector that has seen much, written by SQL before it starts: agents of many
 * services, alerts of which one attack raised half, captures, a hunt, libraries, mutes, and one
 * address that was seen everywhere.
 */
final class CrowdedRecords {
  static final String ADDRESS = "203.0.113.9";
  static final String LIBRARY = "log4j-core";
  static final Id HUNT = new Id("hunt-0000001");
  static final String STORM = "alert-0000001";

  private static final int AGENTS_OF_SERVICE = 5;
  private static final int LIBRARIES = 400;
  private static final int MUTES_MAX = 500;
  private static final int HUNT_ROWS_MAX = 10_000;

  private static final String AGENT = "printf('agent-%07d', n - 1)";

  private final int agents;
  private final int alerts;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  CrowdedRecords(int agents, int alerts) {
    this.agents = agents;
    this.alerts = alerts;
  }

  void writeTo(Path data) throws IOException {
    Files.createDirectories(data);
    try (Database database = SqliteDatabase.open(new DataFolder(data).catalog())) {
      List<AgentRecord> all = new ArrayList<>();
      for (int i = 0; i < agents; i++) {
        all.add(agent(i));
      }
      new AgentLedger(database).save(all);
      alerts(database);
      captures(database);
      hunt(database);
      libraries(database);
      database.update(
          insert(
              agents,
              "indicators (kind, value, origin, of_alert, agent, service, pod, first_seen,"
                  + " last_seen, count)",
              "'"
                  + IndicatorKind.HOST.word()
                  + "', ?, 'evidence-' || n, 0, "
                  + AGENT
                  + ", 'service-' || n, 'pod-' || n, ?, ?, 3"),
          ADDRESS,
          now.minusSeconds(600).toEpochMilli(),
          now.toEpochMilli());
      database.update(
          insert(
              Math.min(MUTES_MAX, alerts / 20),
              "alert_mutes (id, rule, service, namespace, reason, who, at, until_at)",
              "printf('mute-%07d', n), 'rule-' || n, 'service-muted', '', 'a test runs',"
                  + " 'responder-1a2b3c4d', ?, ?"),
          now.toEpochMilli(),
          now.plus(Duration.ofDays(1)).toEpochMilli());
    }
  }

  static String service(int agent) {
    return "service-%04d".formatted(agent / AGENTS_OF_SERVICE);
  }

  private AgentRecord agent(int i) {
    String pod = service(i) + "-6d5f7c9b8-" + i;
    return new AgentRecord(
        new AgentIdentity(
            new Id("agent-%07d".formatted(i)),
            service(i),
            "production",
            Map.of("team", "team-" + i % 40),
            pod,
            "uid-" + i,
            Digest.of(pod.getBytes(StandardCharsets.UTF_8)).hex(),
            "node-" + i % 200,
            1,
            "OpenJDK 64-Bit Server VM 21.0.5+11-LTS",
            "0.1.0"),
        null,
        Map.of("jfr", true, "attach", i % 3 == 0, "rules", 83),
        i % 7 == 0 ? Map.of("journal.dropped-lines", 3L) : Map.of(),
        null,
        now.minusSeconds(i));
  }

  private void alerts(Database database) throws IOException {
    int storm = alerts / 2;
    // the first alert of the group of alert n
    String first =
        "CASE WHEN n <= %d THEN 1 ELSE n - (n - %d - 1) %% 5 END".formatted(storm, storm);
    String level =
        "CASE n % 5 WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END";
    String service =
        "printf('service-%%04d', CASE WHEN n <= %d THEN 0 ELSE n %% %d END)"
            .formatted(storm, Math.max(1, agents / AGENTS_OF_SERVICE));
    String at = "(? + n)";
    String record =
        """
        json_object('alert', json_object('id', printf('alert-%07d', n), 'source', 'whorl',
          'time', strftime('%Y-%m-%dT%H:%M:%SZ', AT / 1000, 'unixepoch'), 'rule', 'rule-' || n % 80,
          'level', LEVEL, 'title', 'Shell Started by the Application', 'stack', json_array(),
          'fields', json_object('command', 'sh -c id ' || n), 'tags', json_array()),
          'agent', 'agent-0000000', 'service', SERVICE, 'namespace', 'production',
          'receivedAt', strftime('%Y-%m-%dT%H:%M:%SZ', AT / 1000, 'unixepoch'),
          'captures', json_array(), 'journalEvents', 0)"""
            .replace("LEVEL", level)
            .replace("SERVICE", service)
            .replace("AT", at);
    long from = now.toEpochMilli() - alerts;
    database.update(
        insert(
            alerts,
            "alerts (seq, id, source, rule, level, service, bytes, record, journal, at, agent)",
            "n, printf('alert-%07d', n), 'whorl', 'rule-' || n % 80, "
                + level
                + ", "
                + service
                + ", 400, "
                + record
                + ", '[]', "
                + at
                + ", 'agent-0000000'"),
        from,
        from,
        from);
    database.update(
        "UPDATE alert_usage SET own_alerts = own_alerts + ?, own_bytes = own_bytes + ?",
        alerts,
        400L * alerts);
    database.update(
        insert(
            alerts,
            "alert_triage (seq, id, group_id, agent, at, rule, service, namespace, level, state,"
                + " version, words)",
            "n, printf('alert-%07d', n), printf('alert-%07d', "
                + first
                + "), 'agent-0000000', "
                + at
                + ", 'rule-' || n % 80, "
                + service
                + ", 'production', 5 - n % 5, 'open', 0,"
                + " 'shell started by the application sh -c id ' || n"),
        from);
    database.update(
        """
        INSERT INTO alert_groups (id, last_seq, whose, agent, service, namespace, source, level,
          title, titles, alerts, first_at, last_at, request, state, version, shown)
        SELECT t.group_id, max(t.seq),
          json_object('agent', t.agent, 'service', t.service, 'namespace', 'production'),
          t.agent, t.service, 'production', 'whorl', max(t.level),
          'Shell Started by the Application',
          json_array(json_object('alert', t.group_id, 'rule', 'rule-1', 'level', 'high',
            'title', 'Shell Started by the Application', 'count', count(*))),
          count(*), min(t.at), max(t.at), 'GET /invoices/view from 203.0.113.9', 'open', 0, 1
        FROM alert_triage t GROUP BY t.group_id""");
  }

  /** A statement that inserts so many rows; {@code values} says what the row {@code n} has. */
  private static String insert(int rows, String table, String values) {
    return "INSERT INTO "
        + table
        + " WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < "
        + rows
        + ") SELECT "
        + values
        + " FROM c";
  }

  private void captures(Database database) throws IOException {
    database.update(
        insert(
            Math.max(60, alerts / 10),
            "captures (id, agent, service, state, reason, bytes, total, requested_at, sealed_at,"
                + " ordered, artifacts, force)",
            "printf('capture-%07d', n), 'agent-0000000', 'service-0000',"
                + " CASE n % 9 WHEN 0 THEN 'failed' ELSE 'sealed' END,"
                + " 'Shell Started by the Application', 1048576, 1048576,"
                + " '2026-11-29T12:00:00Z', '2026-11-29T12:00:00Z', 1, '[]', 0"));
  }

  private void hunt(Database database) throws IOException {
    HuntLedger ledger = new HuntLedger(database, 10, 10);
    HuntRecord hunt =
        new HuntRecord(
            HUNT,
            new HuntQuestion(
                null, new HuntQuestion.OfClass("com.example.Shell*", null), null, null, null),
            "class com.example.Shell*",
            new HuntTarget(null, null, null, null, null, Map.of()),
            "a test",
            "responder-1a2b3c4d",
            "responder-1a2b3c4d",
            List.of(Part.EVERYTHING),
            0,
            100,
            now,
            now,
            now.plusSeconds(60));
    ledger.add(hunt);
    ledger.start(HUNT);
    database.update(
        insert(
            agents,
            "hunt_agents (hunt, agent, origin, record, state, reason, asked_millis,"
                + " answered_millis, row_count, answer)",
            "'hunt-0000001', "
                + AGENT
                + ", '', json_object('service', 'service-' || n, 'pod', 'pod-' || n),"
                + " CASE n % 4 WHEN 0 THEN 'silent' WHEN 1 THEN 'unable' ELSE 'answered' END,"
                + " 'it is not connected', 0, 0, 1, NULL"));
    int rows = Math.min(HUNT_ROWS_MAX, agents);
    database.update(
        insert(
            rows,
            "hunt_rows (hunt, number, agent, origin, record)",
            "'hunt-0000001', n, "
                + AGENT
                + ", '', json_object('what', 'com.example.Shell' || n, 'fields',"
                + " json_object('loader', 'org.apache.catalina.loader.ParallelWebappClassLoader'))"));
    database.update(
        "UPDATE hunts SET state = 'ended', ended_millis = ?, row_count = ?",
        now.toEpochMilli(),
        rows);
  }

  private void libraries(Database database) throws IOException {
    String inventory = "a".repeat(64);
    database.update(
        "INSERT INTO library_inventories (id, entries, used_millis) VALUES (?, ?, ?)",
        inventory,
        LIBRARIES,
        now.toEpochMilli());
    database.update(
        insert(
            LIBRARIES,
            "libraries (inventory, position, group_id, name, version, kind, source, path, sha256,"
                + " size, java_agent)",
            "'"
                + inventory
                + "', n - 1, 'org.example', CASE n WHEN 1 THEN '"
                + LIBRARY
                + "' ELSE 'library-' || n END, '2.14.' || n, 'jar', 'pom',"
                + " '/app/lib/library-' || n || '.jar', NULL, 1000, 0"));
    database.update(
        insert(
            agents,
            "agent_libraries (agent, inventory, loaded, service, namespace, pod, first_millis,"
                + " last_millis)",
            AGENT
                + ", '"
                + inventory
                + "', '"
                + "1".repeat(LIBRARIES)
                + "', 'service-' || n, 'production', 'pod-' || n, 0, 0"));
  }
}
