package whorl.collector.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.HttpCaller;
import whorl.collector.testkit.PackagedCollector;

/**
 * Kills the collector at chosen system calls while evidence, alerts and holds come in, again and
 * again on one data folder: what it had acknowledged is there. {@code -Dwhorl.kills=300} is the
 * long form, with {@code -Dwhorl.kills.seed=8} at other calls.
 */
class KilledIT {
  private static final int KILLS = Integer.getInteger("whorl.kills", 3);
  private static final int HEAP_MIB = 256;
  private static final int CLIENTS = 4;
  private static final Duration AT_MOST = Duration.ofSeconds(6);
  private static final List<String> CALLS =
      List.of("fsync", "fdatasync", "rename", "link", "unlink", "ftruncate", "pwrite64", "mkdir");

  @TempDir Path folder;

  /** What the collector said that it has. */
  private static final class Acknowledged {
    private final Queue<FakeAgent> sealed = new ConcurrentLinkedQueue<>();
    private final Queue<FakeAgent> held = new ConcurrentLinkedQueue<>();
    private final Queue<FakeAgent> uploaded = new ConcurrentLinkedQueue<>();
    private final Queue<String> alerts = new ConcurrentLinkedQueue<>();
  }

  @Test
  void killedAtAnySystemCall_whatWasAcknowledgedIsThere() throws Exception {
    assumeTrue(canTrace(), "no strace here, or it may not trace");
    Path data = folder.resolve("collector");
    Random random = new Random(Long.getLong("whorl.kills.seed", 7));
    Acknowledged all = new Acknowledged();
    new PackagedCollector(data, HEAP_MIB).close(); // makes the tokens
    for (int i = 0; i < KILLS; i++) {
      String call = CALLS.get(random.nextInt(CALLS.size()));
      int when = 1 + random.nextInt(60);
      Acknowledged now = untilKilled(data, call, when);
      try (PackagedCollector again = new PackagedCollector(data, HEAP_MIB)) {
        awaitReady(again);
        assertThere(again, now, "killed at " + call + " number " + when);
      }
      all.sealed.addAll(now.sealed);
      all.alerts.addAll(now.alerts);
    }
    System.out.printf(
        "%d kills: %d pieces of evidence and %d alerts were acknowledged%n",
        KILLS, all.sealed.size(), all.alerts.size());
    assertThat(all.sealed).isNotEmpty();
    try (PackagedCollector last = new PackagedCollector(data, HEAP_MIB)) {
      awaitReady(last);
      assertThere(last, all, "at the end");
    }
    assertThat(new OfflineVerifier(InstantSource.system()).verify(data).problems()).isEmpty();
  }

  private static Acknowledged untilKilled(Path data, String call, int when) throws Exception {
    Acknowledged acknowledged = new Acknowledged();
    List<String> tracer =
        List.of(
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=" + call,
            "-e",
            "inject=" + call + ":signal=SIGKILL:when=" + when);
    PackagedCollector collector;
    try {
      collector = new PackagedCollector(data, HEAP_MIB, tracer);
    } catch (IOException killedWhileItStarted) {
      return acknowledged;
    }
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      running.add(clients.submit(() -> send(collector, acknowledged)));
    }
    for (Future<?> each : running) {
      each.get(AT_MOST.toSeconds() + 130, TimeUnit.SECONDS);
    }
    clients.shutdown();
    collector.kill();
    return acknowledged;
  }

  /** Until nobody answers, or for long enough. */
  private static Void send(PackagedCollector collector, Acknowledged acknowledged)
      throws IOException {
    Caller agent = new HttpCaller(collector.url(), collector.token("agent"));
    Caller webhook = new HttpCaller(collector.url(), collector.token("alert"));
    Caller admin = new HttpCaller(collector.url(), collector.token("admin"));
    long end = System.nanoTime() + AT_MOST.toNanos();
    try {
      while (System.nanoTime() - end < 0) {
        FakeAgent piece = new FakeAgent().with("threads.txt", "threads").seal();
        if (piece.ship(agent, "threads.txt", bytes("threads")).status() == 204) {
          acknowledged.uploaded.add(piece);
        }
        if (piece.shipAll(agent).status() == 204) {
          acknowledged.sealed.add(piece);
          if (hold(admin, piece) == 200) {
            acknowledged.held.add(piece);
          }
        }
        Answer alert =
            webhook.call(
                "POST",
                "/api/v1/alerts/generic",
                json(),
                bytes("{\"rule\":\"x\",\"target\":{\"service\":\"none\"}}"));
        if (alert.status() == 202) {
          acknowledged.alerts.add(alert.json().get("alert").asText());
        }
      }
    } catch (AssertionError nobodyAnswers) {
      assertThat(nobodyAnswers).hasMessageContaining("was not answered");
    }
    return null;
  }

  private static void assertThere(PackagedCollector collector, Acknowledged what, String when)
      throws IOException {
    Caller agent = new HttpCaller(collector.url(), collector.token("agent"));
    Caller admin = new HttpCaller(collector.url(), collector.token("admin"));
    for (FakeAgent piece : what.sealed) {
      assertThat(collector.get("/api/v1/evidence/" + piece.evidence).path("state").asText())
          .as("%s: evidence %s", when, piece.evidence)
          .isEqualTo("sealed");
    }
    for (FakeAgent piece : what.uploaded) {
      Answer again = piece.create(agent, "threads.txt", "threads".length());
      assertThat(again.status() == 409 || "7".equals(again.header("Upload-Offset")))
          .as("%s: artifact of %s: %s %s", when, piece.evidence, again.status(), again.headers())
          .isTrue();
    }
    for (FakeAgent piece : what.held) {
      Answer purge =
          admin.call(
              "DELETE", "/api/v1/evidence/" + piece.evidence + "?reason=r", Map.of(), new byte[0]);
      assertThat(purge.status()).as("%s: hold of %s", when, piece.evidence).isEqualTo(409);
    }
    for (String alert : what.alerts) {
      assertThat(collector.get("/api/v1/alerts/" + alert).path("id").asText())
          .as("%s: alert", when)
          .isEqualTo(alert);
    }
  }

  private static int hold(Caller admin, FakeAgent piece) {
    return admin
        .call(
            "PUT",
            "/api/v1/evidence/" + piece.evidence + "/hold",
            json(),
            bytes("{\"reason\":\"a test\"}"))
        .status();
  }

  private static void awaitReady(PackagedCollector collector) throws IOException {
    Caller nobody = new HttpCaller(collector.url(), collector.token("viewer"));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> nobody.call("GET", "/readyz", Map.of(), new byte[0]).status() == 200);
  }

  private static boolean canTrace() {
    try {
      Process probe =
          new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException none) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> json() {
    return Map.of("Content-Type", "application/json");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
