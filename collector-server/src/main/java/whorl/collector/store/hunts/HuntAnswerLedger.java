package whorl.collector.store.hunts;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.hunts.AskedAgent.State;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.HuntRow;

/** The agents that hunts ask, and the rows of their answers. Thread-safe. */
public final class HuntAnswerLedger {
  /** Limit for the rows of one hunt. */
  public static final int ROWS_MAX = 10_000;

  private static final long BYTES_MAX = 32L << 20;
  private static final String OPEN = " AND state IN ('waiting', 'asked')";
  private static final String AGENT =
      "agent, record, state, reason, asked_millis, answered_millis, row_count, answer";

  private final Database database;
  private final ScopedRows scoped;

  public HuntAnswerLedger(Database database) {
    this.database = database;
    this.scoped = new ScopedRows(database);
  }

  /**
   * An agent that a hunt is to ask.
   *
   * @param origin whose it is, as in the table {@code origins}
   */
  public record Candidate(Id agent, String origin, AskedAgent.Brief brief) {}

  /** A change of an agent's state before it has answered. */
  public record Change(Id agent, State state, @Nullable String reason) {}

  /**
   * What an agent answered.
   *
   * @param rows as JSON, each a {@link HuntRow}
   */
  public record Answer(
      Id hunt,
      Id agent,
      State state,
      @Nullable String reason,
      AskedAgent.Facts facts,
      List<String> rows) {}

  /** Adds agents that are not asked yet; those that are stay as they are. */
  public void add(Id hunt, Collection<Candidate> agents) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Candidate each : agents) {
      rows.add(
          new @Nullable Object[] {
            hunt.value(),
            each.agent().value(),
            each.origin(),
            Json.text(each.brief()),
            State.WAITING.word()
          });
    }
    int[] unused =
        database.updateAll(
            "INSERT INTO hunt_agents (hunt, agent, origin, record, state, reason, asked_millis,"
                + " answered_millis, row_count, answer) VALUES (?, ?, ?, ?, ?, NULL, 0, 0, 0, NULL)"
                + " ON CONFLICT (hunt, agent) DO NOTHING",
            rows);
  }

  /** The agents whose answers are awaited, with their states. */
  public Map<Id, State> open(Id hunt) throws IOException {
    Map<Id, State> open = new HashMap<>();
    for (Change each :
        database.query(
            "SELECT agent, state FROM hunt_agents WHERE hunt = ?" + OPEN,
            row -> new Change(new Id(row.getString(1)), State.of(row.getString(2)), null),
            hunt.value())) {
      open.put(each.agent(), each.state());
    }
    return open;
  }

  /** The state of one agent; null if the hunt does not ask it. */
  public @Nullable State state(Id hunt, Id agent) throws IOException {
    List<State> found =
        database.query(
            "SELECT state FROM hunt_agents WHERE hunt = ? AND agent = ?",
            row -> State.of(row.getString(1)),
            hunt.value(),
            agent.value());
    return found.isEmpty() ? null : found.get(0);
  }

  /** These agents have the question now. */
  public void asked(Id hunt, Collection<Id> agents, Instant now) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Id each : agents) {
      rows.add(new @Nullable Object[] {now.toEpochMilli(), hunt.value(), each.value()});
    }
    int[] unused =
        database.updateAll(
            "UPDATE hunt_agents SET state = 'asked', reason = NULL, asked_millis = ?"
                + " WHERE hunt = ? AND agent = ?"
                + OPEN,
            rows);
  }

  /** Changes agents that have not answered. */
  public void change(Id hunt, Collection<Change> changes) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Change each : changes) {
      rows.add(
          new @Nullable Object[] {
            each.state().word(), each.reason(), hunt.value(), each.agent().value()
          });
    }
    int[] unused =
        database.updateAll(
            "UPDATE hunt_agents SET state = ?, reason = ? WHERE hunt = ? AND agent = ?" + OPEN,
            rows);
  }

  /** Marks the agents that were asked before this time and have not answered as silent. */
  public int silence(Id hunt, Instant askedBefore, String reason) throws IOException {
    return database.update(
        "UPDATE hunt_agents SET state = 'silent', reason = coalesce(reason, ?)"
            + " WHERE hunt = ? AND state = 'asked' AND asked_millis < ?",
        reason,
        hunt.value(),
        askedBefore.toEpochMilli());
  }

  /** Marks all agents without an answer as silent, since the hunt has ended. */
  public void silenceAll(Id hunt, String notAsked, String notAnswered) throws IOException {
    database.update(
        "UPDATE hunt_agents SET reason = coalesce(reason,"
            + " CASE WHEN state = 'waiting' THEN ? ELSE ? END), state = 'silent'"
            + " WHERE hunt = ?"
            + OPEN,
        notAsked,
        notAnswered,
        hunt.value());
  }

  /**
   * Stores answers with their rows, in one transaction. Of each agent only the first answer counts,
   * and only while the hunt awaits it.
   *
   * @return how many of the answers were stored
   */
  public int save(List<Answer> answers, Instant now) throws IOException {
    return database.inTransaction(
        () -> {
          int stored = 0;
          for (Answer each : answers) {
            stored += save(each, now) ? 1 : 0;
          }
          return stored;
        });
  }

  private boolean save(Answer answer, Instant now) throws IOException {
    List<long[]> counts =
        database.query(
            "SELECT row_count, row_bytes FROM hunts WHERE id = ? AND state = 'running'"
                + database.forUpdate(),
            row -> new long[] {row.getLong(1), row.getLong(2)},
            answer.hunt().value());
    List<String> origins =
        database.query(
            "SELECT origin FROM hunt_agents WHERE hunt = ? AND agent = ?" + OPEN,
            row -> row.getString(1),
            answer.hunt().value(),
            answer.agent().value());
    if (counts.isEmpty() || origins.isEmpty()) {
      return false;
    }
    long count = counts.get(0)[0];
    long bytes = counts.get(0)[1];
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (String each : answer.rows()) {
      if (count + rows.size() >= ROWS_MAX || bytes + each.length() > BYTES_MAX) {
        break;
      }
      bytes += each.length();
      rows.add(
          new @Nullable Object[] {
            answer.hunt().value(),
            count + rows.size() + 1,
            answer.agent().value(),
            origins.get(0),
            each
          });
    }
    int[] unused =
        database.updateAll(
            "INSERT INTO hunt_rows (hunt, number, agent, origin, record) VALUES (?, ?, ?, ?, ?)",
            rows);
    database.update(
        "UPDATE hunts SET row_count = ?, row_bytes = ?, rows_dropped = rows_dropped + ?"
            + " WHERE id = ?",
        count + rows.size(),
        bytes,
        answer.rows().size() - rows.size(),
        answer.hunt().value());
    database.update(
        "UPDATE hunt_agents SET state = ?, reason = ?, answered_millis = ?, row_count = ?,"
            + " answer = ? WHERE hunt = ? AND agent = ?",
        answer.state().word(),
        answer.reason(),
        now.toEpochMilli(),
        rows.size(),
        Json.text(answer.facts()),
        answer.hunt().value(),
        answer.agent().value());
    return true;
  }

  /** Counts the agents that the scope holds, by state. */
  public Map<State, Long> counts(Scope scope, Id hunt) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(hunt.value());
    arguments.addAll(within.arguments());
    Map<State, Long> counts = new HashMap<>();
    for (Map.Entry<State, Long> each :
        database.query(
            "SELECT state, count(*) FROM hunt_agents WHERE hunt = ?"
                + within.sql()
                + " GROUP BY state",
            row -> Map.entry(State.of(row.getString(1)), row.getLong(2)),
            arguments.toArray())) {
      counts.put(each.getKey(), each.getValue());
    }
    return counts;
  }

  /** Counts the agents that the scope holds and that have rows. */
  public long countWithRows(Scope scope, Id hunt) throws IOException {
    ScopedRows.Within within = ScopedRows.within(scope);
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(hunt.value());
    arguments.addAll(within.arguments());
    return database
        .query(
            "SELECT count(*) FROM hunt_agents WHERE hunt = ? AND row_count > 0" + within.sql(),
            row -> row.getLong(1),
            arguments.toArray())
        .get(0);
  }

  /**
   * A page of the agents that the scope holds, in the order of their ids.
   *
   * @param states only in these; empty for all
   * @param withRows only those whose answer has rows
   * @param after only agents with greater ids; null to begin with the first
   */
  public List<AskedAgent> agents(
      Scope scope, Id hunt, Set<State> states, boolean withRows, @Nullable String after, int limit)
      throws IOException {
    StringBuilder where = new StringBuilder("hunt = ?");
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(hunt.value());
    if (!states.isEmpty()) {
      where.append(" AND state IN (");
      for (State each : states) {
        where.append(arguments.size() == 1 ? "?" : ", ?");
        arguments.add(each.word());
      }
      where.append(')');
    }
    if (withRows) {
      where.append(" AND row_count > 0");
    }
    if (after != null) {
      where.append(" AND agent > ?");
      arguments.add(after);
    }
    return scoped.read(
        scope,
        new ScopedRows.Page(
            AGENT, "hunt_agents", where.toString(), arguments, "agent", limit, true),
        HuntAnswerLedger::agent);
  }

  /**
   * A page of the rows that the scope holds, in the order in which they came.
   *
   * @param agent only of this one; null for all
   * @param after only rows with greater numbers
   */
  public List<FoundRow> rows(Scope scope, Id hunt, @Nullable Id agent, long after, int limit)
      throws IOException {
    List<@Nullable Object> arguments = new ArrayList<>(List.of(hunt.value(), after));
    String where = "hunt = ? AND number > ?";
    if (agent != null) {
      where += " AND agent = ?";
      arguments.add(agent.value());
    }
    List<Numbered> rows =
        scoped.read(
            scope,
            new ScopedRows.Page(
                "number, agent, record", "hunt_rows", where, arguments, "number", limit, true),
            row ->
                new Numbered(
                    row.getLong(1),
                    row.getString(2),
                    Json.LENIENT.readValue(row.getString(3), HuntRow.class)));
    Map<String, AskedAgent.Brief> briefs = new HashMap<>();
    List<FoundRow> found = new ArrayList<>();
    for (Numbered each : rows) {
      AskedAgent.Brief brief = briefs.get(each.agent());
      if (brief == null) {
        brief = brief(hunt, each.agent());
        briefs.put(each.agent(), brief);
      }
      found.add(new FoundRow(each.number(), new Id(each.agent()), brief, each.row()));
    }
    return found;
  }

  private record Numbered(long number, String agent, HuntRow row) {}

  private AskedAgent.Brief brief(Id hunt, String agent) throws IOException {
    List<AskedAgent.Brief> found =
        database.query(
            "SELECT record FROM hunt_agents WHERE hunt = ? AND agent = ?",
            row -> Json.LENIENT.readValue(row.getString(1), AskedAgent.Brief.class),
            hunt.value(),
            agent);
    return found.isEmpty() ? new AskedAgent.Brief("", null, null, null) : found.get(0);
  }

  private static AskedAgent agent(ResultRow row) throws SQLException, IOException {
    long askedMillis = row.getLong(5);
    long answeredMillis = row.getLong(6);
    String answer = row.getString(8);
    return new AskedAgent(
        new Id(row.getString(1)),
        Json.LENIENT.readValue(row.getString(2), AskedAgent.Brief.class),
        State.of(row.getString(3)),
        row.getString(4),
        askedMillis == 0 ? null : Instant.ofEpochMilli(askedMillis),
        answeredMillis == 0 ? null : Instant.ofEpochMilli(answeredMillis),
        row.getLong(7),
        answer == null ? null : Json.LENIENT.readValue(answer, AskedAgent.Facts.class));
  }
}
