package whorl.lab.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.CaseKind;
import whorl.lab.cases.SentRequest;
import whorl.lab.prepare.CasePlan;
import whorl.lab.prepare.Watcher;
import whorl.lab.verdict.AlertReader;
import whorl.lab.verdict.DatadogEvents;
import whorl.lab.verdict.Observation;

/** Runs a case: collector, application, traffic, and then waits for what the collector says. */
final class CaseRun {
  static final String ATTACKER = "203.0.113.7";

  private static final long AGENT_SECONDS = 60;
  private static final long SETTLE_MILLIS = 1_000;
  private static final long ATTACK_SECONDS = 90;
  private static final long ALERT_SECONDS = 15;
  private static final long QUIET_SECONDS = 3;
  private static final long SEALED_SECONDS = 60;
  private static final long FINDINGS_SECONDS = 60;
  private static final Set<String> FINAL = Set.of("sealed", "partial", "failed", "lost");

  private final CasePlan plan;
  private final Path work;
  private final List<Observation.Sent> sent = new ArrayList<>();
  private final Map<String, Long> indexedAt = new TreeMap<>();
  private int requests;

  CaseRun(CasePlan plan) {
    this.plan = plan;
    this.work = Path.of(plan.work());
  }

  Observation run() throws IOException {
    if (plan.watcher() != Watcher.WHORL) {
      return runAlone();
    }
    try (CollectorProcess collector = CollectorProcess.start(plan.collectorJar(), work)) {
      CollectorApi api = new CollectorApi(CollectorProcess.ADDRESS, collector.token("responder"));
      try (ApplicationProcess application =
          ApplicationProcess.start(plan, collector.token("agent"))) {
        collector.awaitListening();
        return observe(api, application);
      }
    } catch (IOException | RuntimeException e) {
      return failed(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  /**
   * Without collector: whether the attack or the workload itself works, and what another agent that
   * watches has to say.
   */
  private Observation runAlone() throws IOException {
    try (ApplicationProcess application = ApplicationProcess.start(plan, "")) {
      application.awaitReady();
      Thread.sleep(SETTLE_MILLIS);
      traffic(application);
      if (plan.watcher() == Watcher.DATADOG) {
        Thread.sleep(QUIET_SECONDS * 1_000);
      }
      List<Observation.SeenAlert> events = DatadogEvents.read(application.lines());
      return new Observation(null, List.copyOf(sent), events, List.of(), effect(), requests);
    } catch (IOException | RuntimeException e) {
      return failed(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  private Observation failed(String reason) {
    return new Observation(reason, List.copyOf(sent), List.of(), List.of(), null, requests);
  }

  private Observation observe(CollectorApi api, ApplicationProcess application)
      throws IOException, InterruptedException {
    application.awaitReady();
    Waiting.until("agent at the collector", AGENT_SECONDS, () -> connected(api));
    Thread.sleep(SETTLE_MILLIS);
    String failure = null;
    try {
      traffic(application);
    } catch (IOException e) {
      failure = e + "\n" + application.tail();
    }
    awaitAlert(api);
    awaitSealed(api);
    awaitFindings(api);
    return new Observation(
        failure, List.copyOf(sent), alerts(api), evidence(api), effect(), requests);
  }

  private static @Nullable Boolean connected(CollectorApi api)
      throws IOException, InterruptedException {
    boolean any = api.agents().stream().anyMatch(agent -> agent.path("connected").asBoolean());
    return any ? true : null;
  }

  private void traffic(ApplicationProcess application) throws IOException, InterruptedException {
    HttpTraffic traffic = new HttpTraffic(ApplicationProcess.ADDRESS, plan.work(), ATTACKER);
    List<SentRequest> toSend = plan.descriptor().requests();
    if (plan.kind() == CaseKind.WORKLOAD) {
      sent.add(new Observation.Sent(System.currentTimeMillis(), "traffic begins"));
      requests = traffic.repeat(toSend, plan.seconds());
      if (!application.alive()) {
        throw new IOException("the application ended during its traffic");
      }
      return;
    }
    for (SentRequest request : toSend) {
      sent.add(new Observation.Sent(System.currentTimeMillis(), request.line()));
      traffic.send(request);
      requests++;
    }
    if (plan.attackClassPath() != null) {
      attack(plan.attackClassPath());
    }
  }

  /** The attacker prints when it sends what, and then that it is done; its servers stay up. */
  private void attack(String classPath) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(plan.descriptor().attackerJvm());
    command.add("-Dlab.app=" + ApplicationProcess.ADDRESS);
    command.add("-Dlab.attacker=" + ATTACKER);
    command.add("-Dlab.work=" + plan.work());
    command.addAll(List.of("-cp", classPath, "Attack"));
    try (ChildProcess attacker =
        ChildProcess.start("attacker", new ProcessBuilder(command), work.resolve("attack.log"))) {
      Waiting.until("end of the attack", ATTACK_SECONDS, () -> done(attacker));
      readSent(attacker.lines());
    }
  }

  private static @Nullable Boolean done(ChildProcess attacker) throws IOException {
    if (attacker.lines().contains("lab: done")) {
      return true;
    }
    if (!attacker.alive()) {
      throw new IOException(attacker.tail());
    }
    return null;
  }

  private void readSent(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("lab: sent ") && words.length == 4) {
        sent.add(new Observation.Sent(Long.parseLong(words[2]), words[3]));
        requests++;
      }
    }
  }

  private void awaitAlert(CollectorApi api) throws IOException, InterruptedException {
    if (plan.kind() == CaseKind.WORKLOAD) {
      Thread.sleep(QUIET_SECONDS * 1_000);
      return;
    }
    Waiting.orNull(
        ALERT_SECONDS,
        () ->
            alerts(api).stream().anyMatch(Observation.SeenAlert::atLeastMedium)
                ? Boolean.TRUE
                : null);
  }

  private static void awaitSealed(CollectorApi api) throws IOException, InterruptedException {
    Waiting.orNull(
        SEALED_SECONDS,
        () -> api.captures().stream().allMatch(CaseRun::finished) ? Boolean.TRUE : null);
  }

  private static boolean finished(JsonNode capture) {
    return FINAL.contains(capture.path("state").asText());
  }

  private void awaitFindings(CollectorApi api) throws IOException, InterruptedException {
    Waiting.orNull(
        FINDINGS_SECONDS,
        () -> {
          boolean all = true;
          for (JsonNode one : api.evidence()) {
            String id = one.path("id").asText();
            if (!indexedAt.containsKey(id)) {
              if (api.indexed(id) && api.findings(id) != null) {
                indexedAt.put(id, System.currentTimeMillis());
              } else {
                all = false;
              }
            }
          }
          return all ? Boolean.TRUE : null;
        });
  }

  private static List<Observation.SeenAlert> alerts(CollectorApi api)
      throws IOException, InterruptedException {
    List<Observation.SeenAlert> seen = new ArrayList<>();
    for (JsonNode alert : api.alerts()) {
      seen.add(AlertReader.read(alert));
    }
    Collections.reverse(seen);
    return seen;
  }

  private List<Observation.SeenEvidence> evidence(CollectorApi api)
      throws IOException, InterruptedException {
    List<Observation.SeenEvidence> seen = new ArrayList<>();
    for (JsonNode one : api.evidence()) {
      String id = one.path("id").asText();
      seen.add(
          new Observation.SeenEvidence(
              id,
              one.path("state").asText(),
              AlertReader.millis(one.path("sealedAt")),
              indexedAt.getOrDefault(id, 0L),
              api.findings(id),
              classBytes(api, id)));
    }
    Collections.reverse(seen);
    return seen;
  }

  private @Nullable Boolean classBytes(CollectorApi api, String evidence)
      throws IOException, InterruptedException {
    String name = plan.descriptor().expect().shellClass();
    if (name == null) {
      return null;
    }
    return api.classes(evidence, name).stream().anyMatch(one -> hasBytes(one, name));
  }

  private static boolean hasBytes(JsonNode one, String name) {
    return one.path("name").asText().startsWith(name) && one.path("sha256").asText().length() == 64;
  }

  private @Nullable Boolean effect() {
    String file = plan.descriptor().expect().effect();
    return file == null ? null : Files.exists(work.resolve(file));
  }
}
