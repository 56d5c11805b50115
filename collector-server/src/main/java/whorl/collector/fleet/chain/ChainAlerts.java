package whorl.collector.fleet.chain;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;

/** Builds the alerts about chains, one rule for each fault. */
final class ChainAlerts {
  private static final String SOURCE = "collector";

  private ChainAlerts() {}

  /**
   * @param finding the last of {@code count} since the last alert
   * @param messages the number of missing messages of all of them
   */
  static Alert of(
      AgentIdentity agent, ChainFinding finding, long count, long messages, InstantSource clock) {
    Map<String, Object> fields = agent.alertFields();
    fields.put("count", count);
    if (messages > 0) {
      fields.put("messages", messages);
    }
    fields.put("found", finding.sentence());
    ChainFault fault = finding.fault();
    return alert(
        fault,
        fault.title(),
        "In the chain of the agent in "
            + agent.service()
            + ": "
            + finding.sentence()
            + ". "
            + meaning(fault)
            + " What the agent sent last is this alert's journal. For an hour, faults of this kind"
            + " of this agent are only counted; the list of agents has the counts.",
        fields,
        clock);
  }

  static Alert ofMany(ChainFault fault, long count, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", count);
    return alert(
        fault,
        fault.title() + ", " + count + " More",
        count
            + " more faults of this kind were found within ten minutes, and have no alert of their"
            + " own. The list of agents says which. "
            + meaning(fault),
        fields,
        clock);
  }

  private static String meaning(ChainFault fault) {
    return switch (fault) {
      case GAP ->
          "A connection that broke, or a collector that ended, is the usual cause. The events"
              + " before and after are there.";
      case HOLE ->
          "No network loses messages on an open connection: a proxy between agent and collector, or"
              + " code in the JVM, may have removed them.";
      case REPLAY ->
          "An agent never sends a message twice on one connection: somebody between agent and"
              + " collector, or with a record of the connection, may have repeated it.";
      case FORK ->
          "What was received is not what the agent sent: a proxy between them may have changed"
              + " messages, or somebody with the agent's token or key may speak for it. Treat what"
              + " the agent says since then as doubtful.";
      case SPEAKER ->
          "An agent's id belongs to one process. Somebody who has the agent's token, and perhaps"
              + " its key, uses it too. Renew the token, and look where the connections come from.";
    };
  }

  private static Alert alert(
      ChainFault fault,
      String title,
      String description,
      Map<String, Object> fields,
      InstantSource clock) {
    return new Alert(
        Id.next(clock),
        SOURCE,
        clock.instant(),
        fault.rule(),
        fault.level(),
        title,
        description,
        fault == ChainFault.GAP ? List.of() : List.of("attack.defense-evasion", "attack.t1562.001"),
        fields,
        null,
        List.of());
  }
}
