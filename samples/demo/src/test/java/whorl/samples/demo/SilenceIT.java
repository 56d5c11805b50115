package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app that is asked to end, and one that is killed: the collector distinguishes them. */
final class SilenceIT {
  private static final String RULE = "collector.agent-silent";

  @TempDir Path folder;

  @Test
  void killedApp_isAnAlert_theOneThatEndedInGoodOrder_isNone() {
    Jars jars = Jars.find();
    try (Collector collector =
            Collector.start(jars, folder.resolve("collector"), "--silence", "5s");
        Shop ended = shop(jars, collector, "ended");
        Shop killed = shop(jars, collector, "killed")) {
      for (String name : List.of("ended", "killed")) {
        awaitJournal(collector, awaitAgent(collector, name));
      }

      assertThat(ended.stop()).isEqualTo(143);
      killed.kill();

      JsonNode alert =
          Waiting.until(
              "alert of the killed app", World.PATIENCE, () -> silent(collector, "killed"));
      assertThat(alert.path("source").asText()).isEqualTo("collector");
      assertThat(alert.path("level").asText()).isEqualTo("high");
      assertThat(alert.path("journalEvents").asInt()).isPositive();
      // It ended before the other, and would have been reported before it.
      assertThat(silent(collector, "ended")).isNull();
    }
  }

  private Shop shop(Jars jars, Collector collector, String name) {
    Map<String, String> variables =
        new HashMap<>(
            Shop.flag(jars.agent().toString(), collector.url(), collector.token("agent")));
    variables.put("WHORL_SERVICE_NAME", name);
    return Shop.jvm(jars, Java.own(), folder, World.quick(variables));
  }

  private static String awaitAgent(Collector collector, String service) {
    return Waiting.until(
        "the agent of " + service,
        World.PATIENCE,
        () -> {
          for (JsonNode agent : collector.get("/api/v1/agents").path("agents")) {
            if (agent.path("connected").asBoolean()
                && agent.path("service").asText().equals(service)) {
              return agent.path("id").asText();
            }
          }
          return null;
        });
  }

  /** The channel is open before the hooks are armed, so an app killed at once has sent nothing. */
  private static void awaitJournal(Collector collector, String agent) {
    Waiting.until(
        "the journal of " + agent,
        World.PATIENCE,
        () -> {
          JsonNode events = collector.get("/api/v1/agents/" + agent + "/journal?limit=1");
          return events.path("events").isEmpty() ? null : events;
        });
  }

  private static @Nullable JsonNode silent(Collector collector, String service) {
    for (JsonNode alert : collector.get("/api/v1/alerts").path("alerts")) {
      if (alert.path("rule").asText().equals(RULE)
          && alert.path("service").asText().equals(service)) {
        return alert;
      }
    }
    return null;
  }
}
