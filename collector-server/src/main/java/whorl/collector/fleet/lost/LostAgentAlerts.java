package whorl.collector.fleet.lost;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Builds the alerts of the rule {@code collector.agent-silent}. */
final class LostAgentAlerts {
  static final String RULE = "collector.agent-silent";

  private static final String SOURCE = "collector";
  private static final int MAX_NAMED = 50;
  private static final String POSSIBLE_CAUSES =
      " Its process may have been killed (SIGKILL, the kernel's or the container's out-of-memory"
          + " killer), may have crashed, or may be cut off from the network; or somebody ended the"
          + " agent alone. Look for the container's exit status (137 is SIGKILL), for OOMKilled in"
          + " the pod's status, and for an hs_err file in the process's folder. What it told last is"
          + " this alert's journal.";

  private LostAgentAlerts() {}

  static Alert of(LostAgent lost, InstantSource clock) {
    AgentIdentity agent = lost.agent();
    Map<String, Object> fields = agent.alertFields();
    fields.put("lastSeen", lost.lastSeen().toString());
    fields.put("channel", lost.silent() ? "three heartbeats missed" : "lost");
    return alert(
        lost.lastSeen(),
        "Agent Fell Silent without a Goodbye",
        "The agent in "
            + agent.service()
            + " was last heard of at "
            + lost.lastSeen()
            + ", "
            + Duration.between(lost.lastSeen(), clock.instant()).toSeconds()
            + " s ago."
            + POSSIBLE_CAUSES,
        fields,
        clock);
  }

  /**
   * @param lostAgents in the order in which the alert names them
   */
  static Alert ofMany(List<LostAgent> lostAgents, InstantSource clock) {
    Instant first = lostAgents.get(0).lastSeen();
    Map<String, Integer> services = new TreeMap<>();
    StringBuilder agents = new StringBuilder();
    for (int i = 0; i < lostAgents.size(); i++) {
      LostAgent lost = lostAgents.get(i);
      first = lost.lastSeen().isBefore(first) ? lost.lastSeen() : first;
      services.merge(lost.agent().service(), 1, Integer::sum);
      if (i < MAX_NAMED) {
        agents.append(i == 0 ? "" : ", ").append(lost.agent().id());
        agents.append(" (").append(lost.agent().service()).append(')');
      }
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", lostAgents.size());
    fields.put("services", shortened(services));
    fields.put(
        "agents",
        lostAgents.size() > MAX_NAMED
            ? agents + " and " + (lostAgents.size() - MAX_NAMED) + " more"
            : agents.toString());
    fields.put("lastSeen", first.toString());
    return alert(
        first,
        lostAgents.size() + " Agents Fell Silent Together without a Goodbye",
        lostAgents.size()
            + " agents went within half a minute and none said goodbye. A network between them and"
            + " the collector, a node or a proxy may have failed; or somebody cut or killed them"
            + " all. Each agent's journal is kept under its id, and those that can, connect again"
            + " by themselves.",
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
      if (named == MAX_NAMED) {
        return text.append(" and ").append(services.size() - MAX_NAMED).append(" more").toString();
      }
      text.append(named++ == 0 ? "" : ", ")
          .append(service.getKey())
          .append(" (")
          .append(service.getValue())
          .append(')');
    }
    return text.toString();
  }
}
