package whorl.collector.store.probes;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.Scope;
import whorl.collector.store.access.ScopedRows;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.ResultRow;
import whorl.collector.store.probes.ProbedAgent.State;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage.ProbeReport;
import whorl.evidence.channel.ProbeCall;

/** The agents that probes are for, and the calls that they recorded. Thread-safe. */
public final class ProbeCallLedger {
  private static final long BYTES_MAX = 32L << 20;

  /** States in which a report counts. A silent agent may report the end when it is back. */
  private static final String REPORTS =
      " AND state IN ('requested', 'asked', 'waiting', 'running', 'silent')";

  private static final String OPEN = " AND state IN ('requested', 'asked', 'waiting', 'running')";
  private static final String AGENT = "agent, record, state, reason, call_count, facts";

  private final Database database;
  private final ScopedRows scoped;

  public ProbeCallLedger(Database database) {
    this.database = database;
    this.scoped = new ScopedRows(database);
  }

  /**
   * An agent that a probe is for.
   *
   * @param origin whose it is, as in the table {@code origins}
   */
  public record Candidate(Id agent, String origin, ProbedAgent.Brief brief) {}

  /**
   * What an agent reported.
   *
   * @param report without its calls
   * @param calls as JSON, each a {@link ProbeCall}
   */
  public record Report(Id agent, ProbeReport report, List<String> calls) {}

  /** Adds the agents of a probe. */
  public void add(Id probe, Collection<Candidate> agents) throws IOException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Candidate each : agents) {
      rows.add(
          new @Nullable Object[] {
            probe.value(),
            each.agent().value(),
            each.origin(),
            Json.text(each.brief()),
            State.REQUESTED.word()
          });
    }
    int[] unused =
        database.updateAll(
            "INSERT INTO probe_agents (probe, agent, origin, record, state, reason, call_count,"
                + " facts) VALUES (?, ?, ?, ?, ?, NULL, 0, NULL)"
                + " ON CONFLICT (probe, agent) DO NOTHING",
            rows);
  }

  /** The agents of a probe whose reports are awaited, with their states. */
  public Map<Id, State> open(Id probe) throws IOException {
    Map<Id, State> open = new HashMap<>();
    for (Map.Entry<Id, State> each :
        database.query(
            "SELECT agent, state FROM probe_agents WHERE probe = ?" + OPEN,
            row -> Map.entry(new Id(row.getString(1)), State.of(row.getString(2))),
            probe.value())) {
      open.put(each.getKey(), each.getValue());
    }
    return open;
  }

  /** Changes an agent whose report is awaited; false if none is. */
  public boolean change(Id probe, Id agent, State state, @Nullable String reason)
      throws IOException {
    return database.update(
            "UPDATE probe_agents SET state = ?, reason = ? WHERE probe = ? AND agent = ?" + OPEN,
            state.word(),
            reason,
            probe.value(),
            agent.value())
        > 0;
  }

  /** The request is on its way to the agent; false if it was sent before. */
  public boolean asked(Id probe, Id agent) throws IOException {
    return database.update(
            "UPDATE probe_agents SET state = 'asked' WHERE probe = ? AND agent = ?"
                + " AND state = 'requested'",
            probe.value(),
            agent.value())
        > 0;
  }

  /** Gives up all agents whose reports are awaited. */
  public void silenceAll(Id probe, String reason) throws IOException {
    database.update(
        "UPDATE probe_agents SET state = 'silent', reason = ? WHERE probe = ?" + OPEN,
        reason,
        probe.value());
  }

  /**
   * Stores reports with their calls, in one transaction. Calls beyond what the agent may record are
   * dropped and counted.
   *
   * @return how many of the reports were stored; the others are of agents that no probe awaits
   */
  public int save(List<Report> reports) throws IOException {
    return database.inTransaction(
        () -> {
          int stored = 0;
          for (Report each : reports) {
            stored += save(each) ? 1 : 0;
          }
          return stored;
        });
  }

  private record Kept(String record, long calls, long bytes) {}

  private record Known(String origin, long calls, ProbedAgent.@Nullable Facts facts) {}

  private boolean save(Report report) throws IOException {
    String probe = report.report().probe().value();
    List<Kept> probes =
        database.query(
            "SELECT record, call_count, call_bytes FROM probes WHERE id = ?" + database.forUpdate(),
            row -> new Kept(row.getString(1), row.getLong(2), row.getLong(3)),
            probe);
    List<Known> agents =
        database.query(
            "SELECT origin, call_count, facts FROM probe_agents WHERE probe = ? AND agent = ?"
                + REPORTS,
            row -> new Known(row.getString(1), row.getLong(2), facts(row.getString(3))),
            probe,
            report.agent().value());
    if (probes.isEmpty() || agents.isEmpty()) {
      return false;
    }
    Kept kept = probes.get(0);
    Known known = agents.get(0);
    int max = Json.LENIENT.readValue(kept.record(), ProbeRecord.class).request().calls();
    long bytes = kept.bytes();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (String each : report.calls()) {
      if (known.calls() + rows.size() >= max || bytes + each.length() > BYTES_MAX) {
        break;
      }
      bytes += each.length();
      rows.add(
          new @Nullable Object[] {
            probe, kept.calls() + rows.size() + 1, report.agent().value(), known.origin(), each
          });
    }
    int[] unused =
        database.updateAll(
            "INSERT INTO probe_calls (probe, number, agent, origin, record) VALUES (?, ?, ?, ?, ?)",
            rows);
    database.update(
        "UPDATE probes SET call_count = ?, call_bytes = ?, calls_dropped = calls_dropped + ?"
            + " WHERE id = ?",
        kept.calls() + rows.size(),
        bytes,
        report.calls().size() - rows.size(),
        probe);
    database.update(
        "UPDATE probe_agents SET state = ?, reason = ?, call_count = ?, facts = ?"
            + " WHERE probe = ? AND agent = ?",
        State.of(report.report().state().word()).word(),
        report.report().reason(),
        known.calls() + rows.size(),
        Json.text(merged(known.facts(), report.report())),
        probe,
        report.agent().value());
    return true;
  }

  /** Methods and notes may come in parts; the counts of the newest report count. */
  private static ProbedAgent.Facts merged(ProbedAgent.@Nullable Facts known, ProbeReport report) {
    Set<String> methods = new LinkedHashSet<>(known == null ? List.of() : known.methods());
    methods.addAll(report.methods());
    return new ProbedAgent.Facts(
        methods.stream().limit(ProbeReport.METHODS_MAX).toList(),
        report.recorded(),
        report.skipped(),
        report.lost(),
        report.restored(),
        report.notes().isEmpty() && known != null ? known.notes() : report.notes());
  }

  private static ProbedAgent.@Nullable Facts facts(@Nullable String json) throws IOException {
    return json == null ? null : Json.LENIENT.readValue(json, ProbedAgent.Facts.class);
  }

  /** The agents of a probe that the scope holds, in the order of their ids. */
  public List<ProbedAgent> agents(Scope scope, Id probe, int limit) throws IOException {
    return scoped.read(
        scope,
        new ScopedRows.Page(
            AGENT, "probe_agents", "probe = ?", List.of(probe.value()), "agent", limit, true),
        ProbeCallLedger::agent);
  }

  /**
   * A page of the calls that the scope holds, in the order in which they came.
   *
   * @param agent only of this one; null for all
   * @param after only calls with greater numbers
   */
  public List<KeptCall> calls(Scope scope, Id probe, @Nullable Id agent, long after, int limit)
      throws IOException {
    List<@Nullable Object> arguments = new ArrayList<>(List.of(probe.value(), after));
    String where = "probe = ? AND number > ?";
    if (agent != null) {
      where += " AND agent = ?";
      arguments.add(agent.value());
    }
    Map<Id, ProbedAgent.Brief> briefs = new HashMap<>();
    for (ProbedAgent each : agents(Scope.EVERYTHING, probe, Integer.MAX_VALUE)) {
      briefs.put(each.agent(), each.brief());
    }
    return scoped.read(
        scope,
        new ScopedRows.Page(
            "number, agent, record", "probe_calls", where, arguments, "number", limit, true),
        row -> {
          Id of = new Id(row.getString(2));
          ProbedAgent.Brief brief = briefs.get(of);
          return new KeptCall(
              row.getLong(1),
              of,
              brief == null ? new ProbedAgent.Brief("", null, null, null) : brief,
              Json.LENIENT.readValue(row.getString(3), ProbeCall.class));
        });
  }

  private static ProbedAgent agent(ResultRow row) throws SQLException, IOException {
    return new ProbedAgent(
        new Id(row.getString(1)),
        Json.LENIENT.readValue(row.getString(2), ProbedAgent.Brief.class),
        State.of(row.getString(3)),
        row.getString(4),
        row.getLong(5),
        facts(row.getString(6)));
  }
}
