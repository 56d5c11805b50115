package whorl.collector.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.PackagedCollector;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/**
 * One attacker with an agent's token and thousands of connections, beside ordinary agents: nothing
 * of theirs fails, or waits long. {@code -Dwhorl.attack.seconds=600 -Dwhorl.attack.connections=2000
 * -Dwhorl.attack.agents=50 -Dwhorl.attack.limit=10} is the long form, on a machine that does
 * nothing else.
 */
class OneAttackerIT {
  private static final int SECONDS = Integer.getInteger("whorl.attack.seconds", 20);
  private static final int CONNECTIONS = Integer.getInteger("whorl.attack.connections", 200);
  private static final int AGENTS = Integer.getInteger("whorl.attack.agents", 5);
  private static final Duration LIMIT =
      Duration.ofSeconds(Integer.getInteger("whorl.attack.limit", 20));
  private static final String SERVICE = "shop";

  @TempDir Path folder;

  private record Done(String what, Duration took) {}

  @Test
  void ordinaryAgents_areServedWhileOneAttacks() throws Exception {
    ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (PackagedCollector collector = new PackagedCollector(folder.resolve("collector"), 512);
        Attacker attacker =
            new Attacker(
                collector.url(),
                collector.token("agent"),
                InetAddress.getByName("127.0.1.1"),
                SERVICE)) {
      attacker.start(CONNECTIONS);
      Instant end = Instant.now().plusSeconds(SECONDS);
      List<Future<?>> agents = new ArrayList<>();
      for (int i = 0; i < AGENTS; i++) {
        InetAddress from = InetAddress.getByName("127.0.2." + (i + 1));
        agents.add(threads.submit(() -> ordinary(collector, from, end, done)));
      }
      for (Future<?> agent : agents) {
        agent.get(SECONDS + 120, TimeUnit.SECONDS);
      }
      tell(attacker, done);
      assertThat(collector.isAlive()).isTrue();
    }
    threads.shutdown();
    assertThat(done).hasSizeGreaterThan(4 * AGENTS);
    assertThat(done).allSatisfy(each -> assertThat(each.took()).as(each.what()).isLessThan(LIMIT));
  }

  /** Journal, alert, evidence, and a capture that a responder asks for, again and again. */
  private static Void ordinary(
      PackagedCollector collector, InetAddress from, Instant end, ConcurrentLinkedQueue<Done> done)
      throws Exception {
    Caller agent = new SocketCaller(collector.url(), collector.token("agent"), from);
    Caller responder = new SocketCaller(collector.url(), collector.token("responder"), from);
    FakeAgent self = new FakeAgent();
    try (RawChannel channel = RawChannel.open(collector.url(), collector.token("agent"), from)) {
      timed("channel", done, () -> channel.hello(self.identity(), self.key));
      for (long number = 1; Instant.now().isBefore(end); number++) {
        channel.say(new AgentMessage.Status(Map.of(), null, null));
        channel.say(new AgentMessage.Journal(List.of(event(number))));
        journal(self.id, number, responder, done);
        Id alert = Id.next(Instant::now);
        timed("alert", done, () -> alert(channel, alert));
        FakeAgent piece = new FakeAgent(self.key).with("threads.txt", "t" + number).seal();
        timed("upload", done, () -> ship(piece, agent));
        timed("capture", done, () -> capture(self.id, channel, responder));
        Thread.sleep(500);
      }
    }
    return null;
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void timed(String what, ConcurrentLinkedQueue<Done> done, Action action)
      throws Exception {
    Instant began = Instant.now();
    action.run();
    done.add(new Done(what, Duration.between(began, Instant.now())));
  }

  private static void journal(
      Id agent, long number, Caller responder, ConcurrentLinkedQueue<Done> done) throws Exception {
    timed(
        "journal",
        done,
        () -> {
          String path = "/api/v1/agents/" + agent + "/journal?since=" + (number - 1);
          while (!responder.call("GET", path, Map.of(), new byte[0]).text().contains("whorl.X")) {
            Thread.sleep(100);
          }
        });
  }

  private static void alert(RawChannel channel, Id alert) throws Exception {
    channel.say(
        new AgentMessage.AlertRaised(
            new whorl.evidence.Alert(
                alert,
                "whorl",
                Instant.now(),
                "an-ordinary-rule",
                whorl.evidence.Level.HIGH,
                "an alert",
                null,
                List.of(),
                Map.of(),
                null,
                List.of()),
            Id.next(Instant::now),
            List.of()));
    CollectorMessage message = channel.next();
    while (!(message instanceof CollectorMessage.AlertVerdict)) {
      assertThat(message).as("the channel has ended").isNotNull();
      message = channel.next();
    }
  }

  private static void ship(FakeAgent piece, Caller agent) throws Exception {
    Answer answer = piece.shipAll(agent);
    while (answer.status() == 503 || answer.status() == 429) {
      Thread.sleep(200);
      answer = piece.shipAll(agent);
    }
    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
  }

  private static void capture(Id agent, RawChannel channel, Caller responder) throws Exception {
    byte[] body =
        Json.text(Map.of("target", Map.of("agent", agent.value()), "reason", "a test"))
            .getBytes(StandardCharsets.UTF_8);
    Answer answer =
        responder.call(
            "POST", "/api/v1/captures", Map.of("Content-Type", "application/json"), body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    CollectorMessage message = channel.next();
    while (!(message instanceof CollectorMessage.StartCapture)) {
      assertThat(message).as("the channel has ended").isNotNull();
      message = channel.next();
    }
    Id capture = ((CollectorMessage.StartCapture) message).capture();
    channel.say(
        new AgentMessage.CaptureProgress(
            capture, null, whorl.evidence.channel.CaptureState.FAILED, 0, 0, "only a test"));
  }

  private static EventLine event(long number) {
    return new EventLine(number, Instant.now(), "whorl.X", Map.of(), "main", List.of());
  }

  private static void tell(Attacker attacker, ConcurrentLinkedQueue<Done> done) {
    System.out.printf("%d things that the attacker did%n", attacker.actions());
    done.stream()
        .collect(java.util.stream.Collectors.groupingBy(Done::what))
        .forEach(
            (what, all) ->
                System.out.printf(
                    "%-8s %6d, at most %d ms%n",
                    what,
                    all.size(),
                    all.stream().mapToLong(each -> each.took().toMillis()).max().orElse(0)));
  }
}
