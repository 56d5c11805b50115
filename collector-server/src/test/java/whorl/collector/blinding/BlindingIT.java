package whorl.collector.blinding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each way to blind an agent from inside its JVM either fails, or is an alert at the collector
 * within ten seconds. Some run on one JDK only, all of them on each with {@code
 * -Dwhorl.blinding=all}.
 */
class BlindingIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration START = Duration.ofSeconds(90);
  private static final int FIRST_WITHOUT_SUSPEND = 20;

  @TempDir Path folder;
  private BlindingRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new BlindingRig(folder);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  static Stream<Path> jdks() {
    return BlindingRig.jdks();
  }

  /** What the collector finds does not depend on the JDK. */
  static Stream<Path> oneJdk() {
    return "all".equals(System.getProperty("whorl.blinding")) ? jdks() : jdks().limit(1);
  }

  private void fails(String way) throws IOException {
    assertThat(rig.attack(way)).as(way).startsWith("failed");
  }

  /** The alert's title is as given, and a field of it has the value. */
  private void alerts(String way, String title, String field, String value) throws IOException {
    alerts(
        way,
        alert ->
            alert.path("title").asText().equals(title)
                && alert.path("fields").path(field).asText().equals(value));
  }

  private void alerts(String way, Predicate<JsonNode> wanted) throws IOException {
    long begin = System.nanoTime();
    assertThat(rig.attack(way)).as(way).startsWith("done");
    await(way)
        .atMost(rig.patience(LIMIT))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> rig.newAlerts().stream().anyMatch(wanted));
    System.out.printf("%s: alert after %.1f s%n", way, (System.nanoTime() - begin) / 1e9);
  }

  private void tampers(String way, String what) throws IOException {
    alerts(way, "Recording Tampered with", "what", what);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void whatTheAgentSeesItself_isUndoneAndAlerted(Path jdk) throws Exception {
    rig.startJvm(jdk, START);

    fails("loader-from-a-thread");
    fails("arm-by-reflection");
    tampers("forged-visit", "visit-forged");
    tampers("holder-named", "holder-referred-to");
    tampers("class-in-agent-loader", "class-in-agent-loader");
    tampers("event-type-unregistered", "event-type-unregistered");
    tampers("recording-settings", "recording-changed");
    tampers("recording-stopped", "recording-stopped");
    tampers("threads-slowed", "agent-thread-changed");
    tampers("threads-interrupted", "agent-thread-interrupted");
    tampers("stages-emptied", "stages-changed");
    tampers("recorder-nulled", "recording-changed");
    tampers("holder-nulled", "observer-replaced");
    tampers("rules-emptied", "rules-changed");
    tampers("transformer-removed", "transformer-removed");
    tampers("thread-hidden", "thread-hidden");
    tampers("channel-closed", "channel-closed");
    if (BlindingRig.feature(jdk) >= FIRST_WITHOUT_SUSPEND) {
      fails("threads-suspended");
    }
    // After the connection anew the collector waits for the next one.
    await().atMost(START).until(() -> rig.selfTest().startsWith("passes"));
    // What nothing comes after; here, since each start of a JVM takes long.
    if (BlindingRig.feature(jdk) >= FIRST_WITHOUT_SUSPEND) {
      fillAlertQueue();
    } else {
      suspendThreads();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("oneJdk")
  void hooksThatAreNulled_areFoundByTheCollector(Path jdk) throws Exception {
    rig.startJvm(jdk, START);

    alerts("hooks-nulled", "Agent Blinded", "stage", "hooks");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  @EnabledIfSystemProperty(named = "whorl.blinding", matches = "all")
  void filledAlertQueue_alone_isFoundByTheCollector(Path jdk) throws Exception {
    rig.startJvm(jdk, START);

    fillAlertQueue();
    await().atMost(START).until(() -> !rig.captures().isEmpty());
  }

  private void fillAlertQueue() throws IOException {
    alerts("alert-queue-filled", "Agent Blinded", "stage", "alerts");
    assertThat(rig.selfTest()).startsWith("silent since").endsWith("alerts");
  }

  private void suspendThreads() throws IOException {
    Set<String> any = Set.of("Agent Says Nothing on an Open Connection", "Agent Blinded");
    alerts("threads-suspended", alert -> any.contains(alert.path("title").asText()));
  }
}
