package whorl.samples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The main job, shown to a person: a collector, the shop with the flag, an attack, sealed evidence,
 * and where to open it. Started by {@code samples/demo/run}.
 *
 * <p>Exit status with {@code --once}: 0 if and only if evidence was sealed and verified.
 */
public final class Demo {
  private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(1);
  private static final Duration SEAL_PATIENCE = Duration.ofMinutes(2);
  private static final int JAVA_IN_CONTAINER = 21;
  private static final Path DROPPED = Path.of("/dev/shm/promo.sh");

  private final Jars jars;
  private final Path folder;
  private final Report report = new Report(System.out);

  private Demo(Jars jars, Path folder) {
    this.jars = jars;
    this.folder = folder;
  }

  public static void main(String[] args) throws IOException {
    boolean once = false;
    boolean jvm = false;
    boolean cluster = false;
    boolean kubernetes = false;
    for (String arg : args) {
      switch (arg) {
        case "--once" -> once = true;
        case "--jvm" -> jvm = true;
        case "--cluster" -> cluster = true;
        case "--kubernetes" -> kubernetes = true;
        default -> {
          System.err.println(
              "demo: no such option: "
                  + arg
                  + " (there are --once, --jvm, --cluster and --kubernetes)");
          System.exit(2);
        }
      }
    }
    if (kubernetes && (jvm || cluster)) {
      System.err.println("demo: --kubernetes goes with --once only");
      System.exit(2);
    }
    Path folder =
        Files.createTempDirectory(
            "whorl-demo-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Demo demo = new Demo(Jars.find(), folder);
      boolean verified = kubernetes ? demo.runPod(once) : demo.run(jvm, cluster, once);
      System.exit(verified ? 0 : 1);
    } catch (RuntimeException e) {
      System.err.println("demo: " + e.getMessage());
      System.exit(1);
    }
  }

  private boolean run(boolean jvm, boolean several, boolean once) throws IOException {
    Collector collector = several ? startCluster() : startCollector();
    Engine engine = jvm ? null : engineWithImages();
    Shop shop = startShop(collector, engine);
    endsWithUs(shop);
    report.started(collector, several, shop, engine != null);
    return attacked(collector, shop, engine == null, once);
  }

  /** A pod as the chart's webhook changes it, with a container engine in place of a cluster. */
  private boolean runPod(boolean once) throws IOException {
    Engine engine = Engine.find(jars.root());
    if (engine == null || !engine.podman()) {
      throw new IllegalStateException("--kubernetes needs podman, for podman kube play");
    }
    engine.buildImages(JAVA_IN_CONTAINER);
    Chart chart = Chart.render(jars.root());
    Path tls = folder.resolve("tls");
    Collector collector = Collector.startWithTls(jars, folder.resolve("collector"), tls);
    endsWithUs(collector);
    int port = Shop.freePort();
    InjectedPod pod =
        InjectedPod.make(jars, chart.injection(), collector, tls, folder, InjectedPod.shop(port));
    report.injected(chart, pod);
    endsWithUs(pod.play(engine));
    Shop shop = Shop.played(engine, InjectedPod.NAME + "-shop", port);
    report.started(collector, false, shop, true);
    return attacked(collector, shop, false, once);
  }

  private boolean attacked(Collector collector, Shop shop, boolean plain, boolean once)
      throws IOException {
    JsonNode agent =
        Waiting.until(
            "agent at the collector; the shop printed:\n" + String.join("\n", shop.output()),
            CONNECT_PATIENCE,
            () -> firstOf(collector.get("/api/v1/agents").path("agents"), "connected", "true"));
    report.agent(agent);

    boolean droppedBefore = Files.exists(DROPPED);
    AttackRun attack = AttackRun.on(shop.url(), jars.attack());
    if (plain && !droppedBefore) {
      Files.deleteIfExists(DROPPED);
    }
    report.attack(attack);

    JsonNode evidence =
        Waiting.until(
            "sealed evidence",
            SEAL_PATIENCE,
            () -> firstOf(collector.get("/api/v1/evidence").path("evidence"), "state", "sealed"));
    report.alerts(collector.get("/api/v1/alerts").path("alerts"));
    String id = evidence.path("id").asText();
    Path bag =
        collector.download(
            "/api/v1/evidence/" + id + "/bag", folder.resolve("evidence-" + id + ".zip"));
    Path recording = recording(collector, evidence, id);
    Child verify = collector.command("verify", bag.toString());
    boolean verified = verify.awaitEnd(SEAL_PATIENCE) == 0;
    report.evidence(evidence, recording, verify.lines(), verified);
    report.whereToOpen(collector, id, bag, recording);
    if (!once) {
      report.staysUp();
      awaitInterrupt();
    }
    return verified;
  }

  private Collector startCollector() {
    Collector collector = Collector.start(jars, folder.resolve("collector"));
    endsWithUs(collector);
    return collector;
  }

  /** Several collectors, behind one address. */
  private Collector startCluster() throws IOException {
    Cluster cluster = Cluster.start(jars, folder);
    endsWithUs(cluster);
    return cluster.collector();
  }

  /** Null, and a line that says why, where the shop has to be a plain JVM. */
  private @Nullable Engine engineWithImages() {
    Engine engine = Engine.find(jars.root());
    if (engine == null) {
      report.note("There is no container engine that works: the shop runs as a plain JVM.");
      return null;
    }
    try {
      engine.buildImages(JAVA_IN_CONTAINER);
      return engine;
    } catch (IllegalStateException e) {
      report.note("The shop runs as a plain JVM: " + e.getMessage());
      return null;
    }
  }

  private Shop startShop(Collector collector, @Nullable Engine engine) throws IOException {
    String token = collector.token("agent");
    if (engine == null) {
      return Shop.jvm(
          jars,
          Java.own(),
          Files.createDirectory(folder.resolve("shop")),
          Shop.flag(jars.agent().toString(), collector.url(), token));
    }
    return Shop.container(
        engine,
        "localhost/whorl-shop-with-agent:java" + JAVA_IN_CONTAINER,
        Shop.CAREFUL,
        Shop.flag("/whorl/whorl-agent.jar", collector.url(), token));
  }

  private @Nullable Path recording(Collector collector, JsonNode evidence, String id) {
    for (JsonNode artifact : evidence.path("artifacts")) {
      if (artifact.path("name").asText().equals("recording.jfr")) {
        return collector.download(
            "/api/v1/evidence/" + id + "/artifacts/recording.jfr", folder.resolve("recording.jfr"));
      }
    }
    return null;
  }

  private static @Nullable JsonNode firstOf(JsonNode list, String field, String value) {
    for (JsonNode one : list) {
      if (one.path(field).asText().equals(value)) {
        return one;
      }
    }
    return null;
  }

  private static void endsWithUs(AutoCloseable started) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    started.close();
                  } catch (Exception e) {
                    System.err.println("demo: not stopped: " + e.getMessage());
                  }
                },
                "demo-stops"));
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
