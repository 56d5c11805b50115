package whorl.collector.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.PackagedCollector;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Hostile evidence of every kind, all at once, at a collector with 512 MiB of heap: it stays
 * healthy, each piece ends indexed or marked, and what ordinary agents send is indexed soon. {@code
 * -Dwhorl.hostile.pieces=100 -Dwhorl.hostile.mib=64 -Dwhorl.hostile.health=1} is the long form, on
 * a machine that does nothing else.
 */
@Tag("long")
class HostileEvidenceIT {
  private static final int PIECES =
      Integer.getInteger("whorl.hostile.pieces", HostileContent.values().length);
  private static final int MAX_MIB = Integer.getInteger("whorl.hostile.mib", 2);
  private static final Duration HEALTHY =
      Duration.ofSeconds(Integer.getInteger("whorl.hostile.health", 5));
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration LISTENS = Duration.ofSeconds(10);
  private static final int HEAP_MIB = 512;
  private static final int AT_ONCE = 8;

  @TempDir Path folder;

  @Test
  void hostileEvidence_harmsNeitherTheCollectorNorTheEvidenceOfOthers() throws Exception {
    Map<Id, HostileContent> hostile = new LinkedHashMap<>();
    Path data = folder.resolve("collector");
    try (PackagedCollector collector = new PackagedCollector(data, HEAP_MIB)) {
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong worstNanos = new AtomicLong();
      ConcurrentLinkedQueue<Duration> waited = new ConcurrentLinkedQueue<>();
      ExecutorService threads = Executors.newCachedThreadPool();
      Future<?> health = threads.submit(() -> watch(collector, stop, worstNanos));
      Future<?> ordinary = threads.submit(() -> shipOrdinary(collector, stop, waited));
      Instant begun = Instant.now();
      hostile.putAll(shipHostile(collector));
      System.out.printf(
          "%d hostile pieces of up to %d MiB shipped in %d s%n",
          hostile.size(), MAX_MIB, Duration.between(begun, Instant.now()).toSeconds());

      await()
          .atMost(Duration.ofMinutes(5 + 2L * PIECES))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> collector.isAlive() && allEnded(collector, hostile));
      stop.set(true);
      ordinary.get(3, TimeUnit.MINUTES);
      health.get();
      threads.shutdown();
      tell(collector, hostile, Duration.between(begun, Instant.now()), worstNanos, waited);

      assertThat(collector.isAlive()).as(collector.log()).isTrue();
      assertThat(Duration.ofNanos(worstNanos.get())).as("/healthz").isLessThan(HEALTHY);
      assertThat(waited).as("ordinary evidence, until it was indexed").hasSizeGreaterThan(1);
      assertThat(waited).allSatisfy(each -> assertThat(each).isLessThan(SOON));
      collector.kill();
    }
    long began = System.nanoTime();
    try (PackagedCollector again = new PackagedCollector(data, HEAP_MIB)) {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      System.out.printf("listening again after %d ms%n", took.toMillis());
      assertThat(took).isLessThan(LISTENS);
      assertThat(allEnded(again, hostile)).isTrue();
    }
  }

  private static Map<Id, HostileContent> shipHostile(PackagedCollector collector) throws Exception {
    ExecutorService shippers = Executors.newFixedThreadPool(AT_ONCE);
    Map<Id, HostileContent> shipped = new LinkedHashMap<>();
    List<Future<FakeAgent>> pieces = new ArrayList<>();
    HostileContent[] kinds = HostileContent.values();
    for (int i = 0; i < PIECES; i++) {
      int number = i;
      pieces.add(shippers.submit(() -> ship(collector, kinds[number % kinds.length], number)));
    }
    for (int i = 0; i < PIECES; i++) {
      FakeAgent agent = pieces.get(i).get();
      shipped.put(agent.evidence, kinds[i % kinds.length]);
    }
    shippers.shutdown();
    return shipped;
  }

  private static FakeAgent ship(PackagedCollector collector, HostileContent kind, int number)
      throws Exception {
    int mib = 1 + (int) ((MAX_MIB - 1L) * number / Math.max(1, PIECES - 1));
    FakeAgent agent = new FakeAgent().with(kind.artifact(), kind.of(mib << 20, number)).seal();
    Caller caller = new HttpCaller(collector.url(), collector.token("agent"));
    Answer answer = agent.shipAll(caller);
    while (answer.status() == 503 || answer.status() == 429) {
      Thread.sleep(1_000);
      answer = agent.shipAll(caller);
    }
    assertThat(answer.status()).as(kind + ": " + answer.text()).isIn(204, 422);
    return agent;
  }

  private static Void watch(PackagedCollector collector, AtomicBoolean stop, AtomicLong worst)
      throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(collector.url() + "/healthz"))
            .timeout(Duration.ofSeconds(30))
            .build();
    while (!stop.get()) {
      long began = System.nanoTime();
      int status = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
      long took = System.nanoTime() - began;
      worst.accumulateAndGet(status == 200 ? took : Long.MAX_VALUE, Math::max);
      Thread.sleep(100);
    }
    return null;
  }

  private static Void shipOrdinary(
      PackagedCollector collector, AtomicBoolean stop, ConcurrentLinkedQueue<Duration> waited)
      throws Exception {
    Caller caller = new HttpCaller(collector.url(), collector.token("agent"));
    do {
      FakeAgent agent = new FakeAgent().with("events.ndjson", event()).seal();
      Instant sent = Instant.now();
      Answer answer = agent.shipAll(caller);
      while (answer.status() == 503 || answer.status() == 429) {
        Thread.sleep(200);
        answer = agent.shipAll(caller);
      }
      assertThat(answer.status()).as(answer.text()).isEqualTo(204);
      await()
          .atMost(SOON.multipliedBy(3))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> state(collector, agent.evidence).equals("ready"));
      waited.add(Duration.between(sent, Instant.now()));
      Thread.sleep(1_000);
    } while (!stop.get());
    return null;
  }

  private static String event() {
    return Json.text(
            new EventLine(
                1,
                Instant.parse("2026-01-02T03:04:05Z"),
                "whorl.FileOpen",
                Map.of("path", "/tmp/x"),
                "main",
                List.of()))
        + "\n";
  }

  private static boolean allEnded(PackagedCollector collector, Map<Id, HostileContent> hostile)
      throws IOException {
    for (Id evidence : hostile.keySet()) {
      if (!List.of("ready", "failed").contains(state(collector, evidence))) {
        return false;
      }
    }
    return true;
  }

  private static String state(PackagedCollector collector, Id evidence) throws IOException {
    return collector.get("/api/v1/evidence/" + evidence + "/index").path("state").asText();
  }

  private static void tell(
      PackagedCollector collector,
      Map<Id, HostileContent> hostile,
      Duration took,
      AtomicLong worstNanos,
      ConcurrentLinkedQueue<Duration> waited)
      throws IOException {
    for (Map.Entry<Id, HostileContent> piece : hostile.entrySet()) {
      com.fasterxml.jackson.databind.JsonNode index =
          collector.get("/api/v1/evidence/" + piece.getKey() + "/index");
      System.out.printf(
          "%-32s %-6s %8d rows %s%n",
          piece.getValue(),
          index.path("state").asText(),
          index.path("rows").asLong(),
          index.path("problem").asText(""));
    }
    System.out.printf(
        "all ended after %d s; /healthz at most %d ms; %d ordinary pieces, at most %d ms%n",
        took.toSeconds(),
        TimeUnit.NANOSECONDS.toMillis(worstNanos.get()),
        waited.size(),
        waited.stream().mapToLong(Duration::toMillis).max().orElse(0));
  }
}
