package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A collector and what dials into it, for one test. */
final class World implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Map<Class<?>, AtomicInteger> TURNS = new ConcurrentHashMap<>();
  private static @Nullable Engine engine;

  final Jars jars = Jars.find();
  final Path folder;
  private Collector collector;

  World(Path folder) {
    this.folder = folder;
    this.collector = Collector.start(jars, folder.resolve("collector"));
  }

  private World(Path folder, Collector collector) {
    this.folder = folder;
    this.collector = collector;
  }

  /** One whose collector receives little, and has the quick compiler alone. */
  static World quick(Path folder) {
    Collector collector =
        Collector.startWith(Java.SHORT_LIVED, Jars.find(), folder.resolve("collector"));
    return new World(folder, collector);
  }

  /** One whose collector is several, with the cluster that the caller closes. */
  static World of(Path folder, Cluster cluster) {
    return new World(folder, cluster.collector());
  }

  private World(Path folder, Path tls) {
    this.folder = folder;
    this.collector = Collector.startWithTls(jars, folder.resolve("collector"), tls);
  }

  /** One whose collector speaks TLS; {@code ca.pem} and the rest are in {@code folder/tls}. */
  static World withTls(Path folder) {
    return new World(folder, folder.resolve("tls"));
  }

  Collector collector() {
    return collector;
  }

  /** The collector again, on the port and the folder of the one that is gone. */
  void restartCollector() {
    collector = collector.again();
  }

  /**
   * What a method of a test class is tried on where each would take long: in the order of the
   * methods the versions take turns, or it is tried on all, with {@code -Dwhorl.jdks=all}.
   */
  static IntStream nextOf(Class<?> test, int... versions) {
    int turn = TURNS.computeIfAbsent(test, first -> new AtomicInteger()).getAndIncrement();
    return "all".equals(System.getProperty("whorl.jdks"))
        ? IntStream.of(versions)
        : IntStream.of(versions[turn % versions.length]);
  }

  /** The first of these versions, or all of them with {@code -Dwhorl.jdks=all}. */
  static IntStream firstOf(int... versions) {
    return "all".equals(System.getProperty("whorl.jdks"))
        ? IntStream.of(versions)
        : IntStream.of(versions[0]);
  }

  /** A Java of this version, or the test is skipped with a line that says so. */
  static Path javaOrSkip(int version) {
    Path home = Java.home(version);
    if (home == null) {
      System.out.println(
          "SKIPPED: no Java " + version + " on this machine (-Dwhorl.jdk." + version + "=…)");
    }
    assumeTrue(home != null, "no Java " + version);
    return home;
  }

  /** The container engine with the samples' images, or the test is skipped with a line. */
  static synchronized Engine engineOrSkip() {
    if (engine == null) {
      Jars jars = Jars.find();
      engine = Engine.find(jars.root());
      if (engine == null) {
        System.out.println("SKIPPED: no container engine on this machine (podman or docker)");
      } else {
        engine.buildImages(21, 25);
      }
    }
    assumeTrue(engine != null, "no container engine");
    return engine;
  }

  /** The variables that turn the agent on, with a short wait after an alert, and these. */
  Map<String, String> flag(String agentJar, String... more) {
    Map<String, String> variables =
        new HashMap<>(Shop.flag(agentJar, collector.url(), collector.token("agent")));
    variables.put("WHORL_CAPTURE_AFTER", "3s");
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  /** With the quick compiler alone, for a shop that answers a few requests. */
  static Map<String, String> quick(Map<String, String> variables) {
    Map<String, String> more = new HashMap<>(variables);
    more.merge(
        "JAVA_TOOL_OPTIONS", " " + System.getProperty("whorl.tests.jvm", ""), String::concat);
    return more;
  }

  Shop plainShop(Path javaHome, String... more) {
    return Shop.jvm(jars, javaHome, folder, quick(flag(jars.agent().toString(), more)));
  }

  Shop shopInContainer(int javaVersion, List<String> options, String... more) {
    return Shop.container(
        engineOrSkip(),
        "localhost/whorl-shop-with-agent:java" + javaVersion,
        options,
        quick(flag("/whorl/whorl-agent.jar", more)));
  }

  JsonNode awaitAgent() {
    try {
      return await(
          "connected agent",
          "/api/v1/agents",
          "agents",
          agent -> agent.path("connected").asBoolean());
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "the collector printed:\n" + String.join("\n", collector.output()), e);
    }
  }

  JsonNode awaitSealed() {
    return await(
        "sealed evidence",
        "/api/v1/evidence",
        "evidence",
        one -> one.path("state").asText().equals("sealed"));
  }

  JsonNode await(String what, String path, String list, Predicate<JsonNode> wanted) {
    return Waiting.until(
        what,
        PATIENCE,
        () -> {
          for (JsonNode one : collector.get(path).path(list)) {
            if (wanted.test(one)) {
              return one;
            }
          }
          return null;
        });
  }

  List<JsonNode> evidence() {
    List<JsonNode> all = new ArrayList<>();
    collector.get("/api/v1/evidence?limit=1000").path("evidence").forEach(all::add);
    return all;
  }

  Path recordingOf(JsonNode evidence) {
    String id = evidence.path("id").asText();
    // where the JVM could write none, it is derived after the seal and before the timeline
    awaitTimeline(evidence);
    return collector.download(
        "/api/v1/evidence/" + id + "/artifacts/recording.jfr", folder.resolve(id + ".jfr"));
  }

  /** All that the collector derives from the evidence is there, and its processes have ended. */
  void awaitTimeline(JsonNode evidence) {
    String id = evidence.path("id").asText();
    Waiting.until(
        "a timeline of " + id,
        PATIENCE,
        () -> {
          JsonNode index = collector.get("/api/v1/evidence/" + id + "/index");
          return index.path("state").asText().equals("ready") ? index : null;
        });
  }

  Path bagOf(JsonNode evidence) {
    String id = evidence.path("id").asText();
    return collector.download("/api/v1/evidence/" + id + "/bag", folder.resolve(id + ".zip"));
  }

  /** Sealed, verified, and beginning before the alert; the attack is in it, by both parsers. */
  void assertTellsTheAttack(JsonNode evidence) {
    Path recording = recordingOf(evidence);
    Instant alerted = Instant.parse(evidence.path("alert").path("time").asText());
    assertThat(Seen.beginning(recording)).isBefore(alerted);
    Seen.assertAttack(Seen.byMissionControl(recording));
    Seen.assertAttack(Seen.byTheJdk(recording));
    MissionControlRules.of(recording).assertSane();
    assertVerified(evidence);
  }

  void assertVerified(JsonNode evidence) {
    assertThat(evidence.path("signature").path("verified").asBoolean()).isTrue();
    Child verify = collector.command("verify", bagOf(evidence).toString());
    assertThat(verify.awaitEnd(PATIENCE)).as(String.join("\n", verify.lines())).isZero();
  }

  AttackRun attack(Shop shop, String... options) {
    AttackRun attack = AttackRun.on(shop.url(), jars.attack(), options);
    assertThat(attack.status()).as(String.join("\n", attack.lines())).isZero();
    return attack;
  }

  @Override
  public void close() {
    collector.close();
  }
}
