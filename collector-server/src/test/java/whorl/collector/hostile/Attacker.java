package whorl.collector.hostile;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import whorl.collector.testkit.RawChannel;
import whorl.collector.testkit.SocketCaller;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CaptureState;

/**
 * Somebody with an agent's token and one address, who holds very many connections and does on each
 * what costs the collector most.
 */
final class Attacker implements AutoCloseable {
  private static final int THREADS = 64;

  private final String url;
  private final String token;
  private final InetAddress from;
  private final String victims;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicLong actions = new AtomicLong();
  private volatile boolean stopped;

  /**
   * @param victims the service that the attacker says he is
   */
  Attacker(String url, String token, InetAddress from, String victims) {
    this.url = url;
    this.token = token;
    this.from = from;
    this.victims = victims;
  }

  void start(int connections) {
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      threads.execute(() -> attack(number, connections / THREADS));
    }
  }

  long actions() {
    return actions.get();
  }

  private void attack(int number, int connections) {
    Random random = new Random(number);
    List<AutoCloseable> held = new ArrayList<>();
    while (!stopped) {
      try {
        if (held.size() >= connections) {
          held.remove(random.nextInt(held.size())).close();
        }
        switch (random.nextInt(6)) {
          case 0 -> held.add(slowHead());
          case 1 -> held.add(slowUpload(random));
          case 2, 3 -> held.add(channel(random));
          case 4 -> unfinished();
          default -> held.add(slowLogin());
        }
        actions.incrementAndGet();
      } catch (Exception refused) {
        pause(); // that is what the collector is to do
      }
    }
    for (AutoCloseable each : held) {
      try {
        each.close();
      } catch (Exception gone) {
        continue;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket socket() throws IOException {
    return SocketCaller.connect(URI.create(url), from);
  }

  private Socket begun(String text) throws IOException {
    Socket socket = socket();
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private Socket slowHead() throws IOException {
    return begun("GET /api/v1/agents HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  }

  private Socket slowLogin() throws IOException {
    return begun(
        "POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 60\r\n\r\n{\"token\":");
  }

  private Socket slowUpload(Random random) throws IOException {
    String location = create(1 << 20, "artifact-" + random.nextInt());
    return begun(
        "PATCH "
            + URI.create(location).getPath()
            + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + token
            + "\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
            + "Upload-Offset: 0\r\nContent-Length: 1048576\r\n\r\nx");
  }

  private void unfinished() throws IOException {
    create(5, "a.txt");
  }

  private String create(long length, String artifact) throws IOException {
    Id evidence = Id.next(Instant::now);
    Map<String, String> headers =
        Map.of(
            "Tus-Resumable",
            "1.0.0",
            "Upload-Length",
            Long.toString(length),
            "Upload-Metadata",
            pair("agent", Id.next(Instant::now).value())
                + ","
                + pair("capture", evidence.value())
                + ","
                + pair("evidence", evidence.value())
                + ","
                + pair("artifact", artifact)
                + ","
                + pair("mediaType", "text/plain"));
    String location =
        new SocketCaller(url, token, from)
            .call("POST", "/agent/v1/uploads", headers, new byte[0])
            .header("Location");
    if (location == null) {
      throw new IOException("refused");
    }
    return location;
  }

  private static String pair(String key, String value) {
    return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Alerts of ever new rules and of the victims' own, journals, progress of captures. */
  private RawChannel channel(Random random) throws IOException {
    RawChannel channel = RawChannel.open(url, token, from);
    Id id = Id.next(Instant::now);
    AgentIdentity identity =
        new AgentIdentity(
            id, victims, "prod", Map.of(), "pod", null, null, "node", 1, "a JVM", "0.1.0");
    channel.hello(identity, SigningKey.generate());
    List<EventLine> journal = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      journal.add(new EventLine(i, Instant.now(), "x", Map.of("y", i), "t", List.of()));
    }
    channel.say(new AgentMessage.Journal(journal));
    for (int i = 0; i < 20; i++) {
      String rule = i % 4 == 0 ? "the-victims-rule" : "rule-" + random.nextLong();
      channel.say(new AgentMessage.AlertRaised(alert(rule), Id.next(Instant::now), List.of()));
      channel.say(
          new AgentMessage.CaptureProgress(
              Id.next(Instant::now), null, CaptureState.RUNNING, 0, 0, null));
    }
    return channel;
  }

  private static Alert alert(String rule) {
    return new Alert(
        Id.next(Instant::now),
        "whorl",
        Instant.now(),
        rule,
        Level.HIGH,
        "an alert",
        null,
        List.of(),
        Map.of(),
        null,
        List.of());
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    threads.shutdown();
    threads.awaitTermination(90, TimeUnit.SECONDS);
  }
}
