package whorl.collector.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.fleet.LostAgentDetector.Gone;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** The words of the rule {@code collector.agent-silent}. */
final class LostAgentAlerts {
  static final String RULE = "collector.agent-silent";

  private static final String SOURCE = "collector";
  private static final int NAMED = 50;
  private static final String WHAT_IT_MAY_BE =
      " Its process may have been killed (SIGKILL, the kernel's or the container's"
          + " out-of-memory killer), may have crashed, or may be cut off from the network; or somebody ended the"
          + " agent alone. Look for the container's exit status (137 is SIGKILL), for OOMKilled in"
          + " the pod's status, and for an hs_err file in the process's folder. What it told last is"
          + " this alert's journal.";

  private LostAgentAlerts() {}

  static Alert of(Gone one, InstantSource clock) {
    AgentIdentity agent = one.agent();
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "agent", agent.id().value());
    put(fields, "service", agent.service());
    put(fields, "namespace", agent.namespace());
    put(fields, "pod", agent.pod());
    put(fields, "container", agent.container());
    put(fields, "host", agent.host());
    put(fields, "pid", agent.pid());
    put(fields, "lastSeen", one.lastSeen().toString());
    put(
        fields,
        "channel",
        one.how() == DisconnectReason.SILENT ? "three heartbeats missed" : "lost");
    return alert(
        one.lastSeen(),
        "Agent Fell Silent without a Goodbye",
        "The agent in "
            + agent.service()
            + " was last heard of at "
            + one.lastSeen()
            + ", "
            + Duration.between(one.lastSeen(), clock.instant()).toSeconds()
            + " s ago."
            + WHAT_IT_MAY_BE,
        fields,
        clock);
  }

  /**
   * @param many in the order in which they are named
   */
  static Alert ofMany(List<Gone> many, InstantSource clock) {
    Instant first = many.get(0).lastSeen();
    Map<String, Integer> services = new TreeMap<>();
    StringBuilder agents = new StringBuilder();
    for (int i = 0; i < many.size(); i++) {
      Gone one = many.get(i);
      first = one.lastSeen().isBefore(first) ? one.lastSeen() : first;
      services.merge(one.agent().service(), 1, Integer::sum);
      if (i < NAMED) {
        agents.append(i == 0 ? "" : ", ").append(one.agent().id());
        agents.append(" (").append(one.agent().service()).append(')');
      }
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "count", many.size());
    put(fields, "services", shortened(services));
    put(
        fields,
        "agents",
        many.size() > NAMED ? agents + " and " + (many.size() - NAMED) + " more" : agents);
    put(fields, "lastSeen", first.toString());
    return alert(
        first,
        many.size() + " Agents Fell Silent Together without a Goodbye",
        many.size()
            + " agents went within half a minute and none said goodbye. A network between them and the"
            + " collector, a node or a proxy may have failed; or somebody cut or killed them all. Each"
            + " agent's journal is kept under its id, and those that can, connect again by themselves.",
        fields,
        clock);
  }

  private static Alert alert(
      Instant time,
      String title,
      String description,
      Map<String, Object> fields,
      InstantSource clock) {
    return new Alert(
        Id.next(clock),
        SOURCE,
        time,
        RULE,
        Level.HIGH,
        title,
        description,
        List.of("attack.defense-evasion", "attack.t1562.001", "attack.impact", "attack.t1489"),
        fields,
        null,
        List.of());
  }

  private static String shortened(Map<String, Integer> services) {
    StringBuilder text = new StringBuilder();
    int named = 0;
    for (Map.Entry<String, Integer> service : services.entrySet()) {
      if (named == NAMED) {
        return text.append(" and ").append(services.size() - NAMED).append(" more").toString();
      }
      text.append(named++ == 0 ? "" : ", ")
          .append(service.getKey())
          .append(" (")
          .append(service.getValue())
          .append(')');
    }
    return text.toString();
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value instanceof Number ? value : value.toString());
    }
  }
}
