package whorl.collector.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import whorl.collector.testkit.Answer;
import whorl.evidence.Id;

/** The real JVMs of a run: they are attacked, asked for heaps, and sometimes killed. */
final class Shops implements Runnable, AutoCloseable {
  private static final long PAUSE_MILLIS = 2_000;

  private final Run run;
  private final String responder;
  private final Random random;
  private final List<ShopJvm> jvms = new ArrayList<>();

  Shops(Run run, Cluster cluster, int number, Random random, Path folder) throws IOException {
    this.run = run;
    this.responder = cluster.token("responder");
    this.random = random;
    Path root = Files.createDirectories(folder.resolve("shops"));
    for (int i = 1; i <= number; i++) {
      jvms.add(new ShopJvm(i, root, cluster.url(), cluster.token("agent")));
    }
  }

  void start() throws IOException {
    for (ShopJvm each : jvms) {
      each.start();
    }
    for (ShopJvm each : jvms) {
      each.await();
    }
  }

  @Override
  public void run() {
    while (!run.isCalm() && !jvms.isEmpty()) {
      ShopJvm jvm = jvms.get(random.nextInt(jvms.size()));
      try {
        switch (random.nextInt(20)) {
          case 0 -> {
            run.tally().count("fault: a real JVM killed");
            jvm.killAndStart();
            jvm.await();
          }
          case 1, 2, 3 -> requestHeap();
          default -> {
            jvm.attack();
            run.tally().count("attacks on real JVMs");
          }
        }
      } catch (IOException e) {
        run.tally().count("requests to real JVMs that failed");
      }
      ServerProcess.pause(PAUSE_MILLIS);
    }
  }

  private void requestHeap() throws IOException {
    byte[] body =
        ("{\"target\":{\"service\":\""
                + ShopJvm.SERVICE
                + "\"},\"reason\":\"a test\",\"artifacts\":[\"heap\",\"threads\",\"recording\"]}")
            .getBytes(StandardCharsets.UTF_8);
    Answer answer =
        run.http().call("heaps", responder, "POST", "/api/v1/captures", Http.JSON, body);
    if (answer.status() == 202) {
      Map<Id, Id> agents = new HashMap<>();
      answer
          .json()
          .get("captures")
          .forEach(
              each ->
                  agents.put(new Id(each.get("id").asText()), new Id(each.get("agent").asText())));
      run.ledger().captures("heap-" + agents.keySet(), agents);
      run.tally().add("heaps of real JVMs requested", agents.size());
    }
  }

  /** The applications are not harmed: they still run. */
  void check() {
    for (ShopJvm each : jvms) {
      if (!each.isAlive()) {
        run.ledger().violation("a real JVM has ended");
      }
    }
  }

  @Override
  public void close() {
    jvms.forEach(ShopJvm::close);
  }
}
