package whorl.agent;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import whorl.agent.config.JvmSettings;
import whorl.agent.ship.ShipStatus;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Missing;

/**
 * A start in a JVM that has run without the agent until now. It reads the settings that {@code
 * attach} left, says what such an agent cannot know, and reports to {@code attach} how it went.
 *
 * @param arguments the agent's arguments without those of {@code attach}
 * @param settings what {@code attach} was given; stronger than all but arguments
 * @param answer the file that {@code attach} reads; null if something else loaded the agent
 * @param at when the agent was loaded
 * @param jvmStart when the JVM began; null if the system does not report it
 */
record LateStart(
    String arguments,
    Properties settings,
    @Nullable Path answer,
    Instant at,
    @Nullable Instant jvmStart) {
  /** The names of the capabilities: what the agent cannot know, and the jar, which is gone. */
  static final String CAPABILITY = "lateStart";

  static final String JAR_CAPABILITY = "agentJar";

  private static final String ANSWER = "attach.answer=";
  private static final String SETTINGS = "attach.settings=";
  private static final String PROPERTY_PREFIX = "whorl.";
  private static final String UNKNOWN =
      ": no events, no bytes of classes made at run time, no requests under way from before; of"
          + " earlier servers only Tomcat's registrations";

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 100;

  static LateStart of(@Nullable String arguments) {
    StringBuilder others = new StringBuilder();
    Path answer = null;
    Properties settings = new Properties();
    for (String part : (arguments == null ? "" : arguments).split(",")) {
      if (part.startsWith(ANSWER)) {
        answer = Path.of(part.substring(ANSWER.length()));
      } else if (part.startsWith(SETTINGS)) {
        read(Path.of(part.substring(SETTINGS.length())), settings);
      } else {
        others.append(others.length() == 0 ? "" : ",").append(part);
      }
    }
    return new LateStart(
        others.toString(),
        settings,
        answer,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        ProcessHandle.current().info().startInstant().orElse(null));
  }

  private static void read(Path file, Properties settings) {
    try (Reader reader = Files.newBufferedReader(file)) {
      settings.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException("the settings in " + file + " cannot be read: " + e, e);
    }
  }

  /** Reads system properties, and before them the settings of {@code attach}. */
  Function<String, @Nullable String> properties() {
    return name -> {
      String own =
          name.startsWith(PROPERTY_PREFIX)
              ? settings.getProperty(name.substring(PROPERTY_PREFIX.length()))
              : null;
      return own != null ? own : JvmSettings.SYSTEM_PROPERTIES.apply(name);
    };
  }

  /** One sentence for the agent's status. */
  String describe() {
    return "loaded into the running JVM" + afterStart() + ", at " + at + UNKNOWN;
  }

  /** What no capture of this agent can hold. */
  Missing missing() {
    return new Missing(
        "what was before " + at,
        "the agent was loaded into the running JVM" + afterStart() + UNKNOWN);
  }

  private String afterStart() {
    if (jvmStart == null) {
      return "";
    }
    long seconds = Math.max(0, Duration.between(jvmStart, at).toSeconds());
    if (seconds < 120) {
      return " " + seconds + " s after its start";
    }
    long minutes = seconds / 60;
    return minutes < 120
        ? " " + minutes + " min after its start"
        : " " + minutes / 60 + " h after its start";
  }

  /**
   * Reports to {@code attach} whether the collector was reached, on a thread of its own, within
   * twenty seconds.
   */
  void reportConnection(boolean hasCollector, Supplier<ShipStatus> ship, AgentIdentity identity) {
    if (answer == null) {
      return;
    }
    new AgentThreads("attach")
        .newThread(() -> write(connection(hasCollector, ship, identity)))
        .start();
  }

  private static String connection(
      boolean hasCollector, Supplier<ShipStatus> ship, AgentIdentity identity) {
    if (!hasCollector) {
      return "not connected: no collector is set";
    }
    long endNanos = System.nanoTime() + CONNECT_LIMIT.toNanos();
    ShipStatus status = ship.get();
    while (!status.connected() && System.nanoTime() < endNanos) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException ends) {
        break;
      }
      status = ship.get();
    }
    if (status.connected()) {
      return "connected as " + identity.service() + ", agent " + identity.id();
    }
    String error = status.lastError();
    return "not connected, it goes on trying: " + (error == null ? "no answer" : error);
  }

  private void write(String line) {
    if (answer != null) {
      try {
        Files.writeString(answer, line + "\n", StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      } catch (IOException gone) {
        LoggerFactory.getLogger(LateStart.class).debug("attach no longer waits", gone);
      }
    }
  }
}
