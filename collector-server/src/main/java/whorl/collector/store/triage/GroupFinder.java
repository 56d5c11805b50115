package whorl.collector.store.triage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.database.Database;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Id;

/**
 * Finds the groups that a new alert may join, the best first. Alerts belong together if they are
 * repetitions of one alert from outside; or of one agent and of the same capture or request; or if
 * the agent raised the later one within a minute and asked for no capture, because one had just
 * been made; for ten minutes. Alerts of different clients are kept apart where the clients are
 * known.
 */
final class GroupFinder {
  private static final Duration RECENT = Duration.ofMinutes(10);
  private static final Duration CLOSE = Duration.ofMinutes(1);
  private static final String OWN_SOURCE = "whorl";

  private final Database database;

  GroupFinder(Database database) {
    this.database = database;
  }

  /** The ids of groups that exist, or existed. */
  List<String> candidates(AlertRecord alert, AlertTraits traits) throws IOException {
    List<String> groups = new ArrayList<>();
    Id first = alert.partOf();
    if (first != null) {
      add(groups, "SELECT group_id FROM alert_triage WHERE id = ?", first.value());
    }
    String repeats = traits.repeats();
    if (repeats != null) {
      add(
          groups,
          "SELECT group_id FROM alert_triage WHERE repeats = ? ORDER BY seq DESC LIMIT 1",
          repeats);
    }
    Id agent = alert.agent();
    if (agent == null || !alert.alert().source().equals(OWN_SOURCE)) {
      return groups;
    }
    long now = alert.receivedAt().toEpochMilli();
    addOfAgent(groups, agent, now, traits);
    if (alert.captures().isEmpty() && alert.notCaptured() != null) {
      addClose(groups, agent, now, traits.client());
    }
    return groups;
  }

  private void addOfAgent(List<String> groups, Id agent, long now, AlertTraits traits)
      throws IOException {
    long since = now - RECENT.toMillis();
    if (traits.request() != null) {
      add(groups, newest("request = ?", null), arguments(agent, since, traits.request(), null));
    }
    if (traits.capture() != null) {
      add(
          groups,
          newest("capture = ?", traits.client()),
          arguments(agent, since, traits.capture(), traits.client()));
    }
  }

  /** Alerts that never stop must not be one group for ever: it takes these for ten minutes. */
  private void addClose(List<String> groups, Id agent, long now, @Nullable String client)
      throws IOException {
    String recent =
        "EXISTS (SELECT 1 FROM alert_triage f WHERE f.id = alert_triage.group_id AND f.at >= ?)";
    List<Object> arguments =
        new ArrayList<>(List.of(agent.value(), now - CLOSE.toMillis(), now - RECENT.toMillis()));
    if (client != null) {
      arguments.add(client);
    }
    add(groups, newest(recent, client), arguments.toArray());
  }

  private static String newest(String condition, @Nullable String client) {
    return "SELECT group_id FROM alert_triage WHERE agent = ? AND at >= ? AND "
        + condition
        + (client == null ? "" : " AND (client IS NULL OR client = ?)")
        + " ORDER BY at DESC, seq DESC LIMIT 1";
  }

  private static Object[] arguments(
      Id agent, long since, @Nullable String value, @Nullable String client) {
    List<Object> arguments = new ArrayList<>(List.of(agent.value(), since));
    if (value != null) {
      arguments.add(value);
    }
    if (client != null) {
      arguments.add(client);
    }
    return arguments.toArray();
  }

  private void add(List<String> groups, String sql, Object... arguments) throws IOException {
    for (String group : database.query(sql, row -> row.getString(1), arguments)) {
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
  }
}
