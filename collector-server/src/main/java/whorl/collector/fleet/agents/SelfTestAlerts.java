package whorl.collector.fleet.agents;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/**
 * Builds the alerts of the rules {@code collector.agent-blinded} and {@code
 * collector.agent-stalled}.
 */
final class SelfTestAlerts {
  static final String BLINDED = "collector.agent-blinded";
  static final String STALLED = "collector.agent-stalled";

  private static final String SOURCE = "collector";

  private SelfTestAlerts() {}

  /**
   * @param stage the first stage that does not see self-tests any more
   */
  static Alert blinded(AgentIdentity agent, String stage, InstantSource clock) {
    Map<String, Object> fields = agent.alertFields();
    fields.put("stage", stage);
    return alert(
        BLINDED,
        Level.HIGH,
        clock.instant(),
        "Agent Blinded",
        "The agent in "
            + agent.service()
            + " is connected, and its self-test events do not come through any more: "
            + meaning(stage)
            + ". What the application does since then may be missing from alerts and evidence."
            + " Code inside the JVM may have done it; isolate the process before you trust it again."
            + " What the agent sent last is this alert's journal.",
        fields,
        clock);
  }

  static Alert moreBlinded(int count, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", count);
    return alert(
        BLINDED,
        Level.HIGH,
        clock.instant(),
        count + " More Failures of Agents' Self-Tests",
        "Self-tests failed "
            + count
            + " more times within ten minutes, at agents that had alerts about it, or whose"
            + " identity or network had many. The list of agents says whose tests fail now. An"
            + " agent whose tests fail and pass in turn is not one of ours: somebody may speak for"
            + " it.",
        fields,
        clock);
  }

  static Alert stalled(AgentIdentity agent, Instant lastSeen, InstantSource clock) {
    Map<String, Object> fields = agent.alertFields();
    fields.put("lastSeen", lastSeen.toString());
    return alert(
        STALLED,
        Level.MEDIUM,
        lastSeen,
        "Agent Says Nothing on an Open Connection",
        "The agent in "
            + agent.service()
            + " was last heard at "
            + lastSeen
            + ", and its connection is still open. Its threads may have been suspended. A JVM that"
            + " stands still (a long garbage collection, a heap dump, a stopped container, a"
            + " debugger) or a network that drops packets looks the same.",
        fields,
        clock);
  }

  static Alert manyStalled(int count, InstantSource clock) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("count", count);
    return alert(
        STALLED,
        Level.MEDIUM,
        clock.instant(),
        count + " More Agents Say Nothing on Open Connections",
        count
            + " more agents fell silent within half a minute, and their connections are still open."
            + " A network or a node between them and the collector may stand still. The list of"
            + " agents says which.",
        fields,
        clock);
  }

  private static String meaning(String stage) {
    return switch (stage) {
      case "self-test" -> "the thread whorl-self-test does not begin any";
      case "hooks" -> "woven methods of the JDK do not call the hooks";
      case "recording" -> "events do not reach JFR";
      case "rules" -> "no rule is asked";
      case "alerts" -> "alerts do not leave the queue of the thread whorl-alert";
      case "channel" -> "alerts do not leave the outbox of the thread whorl-net";
      case "report" -> "the agent sends other messages, and no reports of self-tests";
      default -> "stage " + stage + " is silent";
    };
  }

  private static Alert alert(
      String rule,
      Level level,
      Instant time,
      String title,
      String description,
      Map<String, Object> fields,
      InstantSource clock) {
    return new Alert(
        Id.next(clock),
        SOURCE,
        time,
        rule,
        level,
        title,
        description,
        List.of("attack.defense-evasion", "attack.t1562.001"),
        fields,
        null,
        List.of());
  }
}
