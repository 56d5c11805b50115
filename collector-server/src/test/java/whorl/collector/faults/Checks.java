package whorl.collector.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.testkit.Answer;
import whorl.evidence.Artifact;
import whorl.evidence.Id;

/** What must be true after the faults, by what the collectors answer. */
final class Checks {
  private static final byte[] NOTHING = {};
  private static final Set<String> ENDED = Set.of("sealed", "partial", "failed");
  private static final int PAGE = 500;
  private static final Duration AFTERWARDS_MAX = Duration.ofMinutes(20);
  private static final Duration BUSY_MAX = Duration.ofMinutes(2);
  private static final int BAGS_MAX = 400;

  private final Run run;
  private final Cluster cluster;
  private final Ledger ledger;
  private final Tally tally;
  private final Path folder;
  private final Consumer<String> log;
  private final String admin;

  Checks(Run run, Cluster cluster, Path folder, Consumer<String> log) throws IOException {
    this.run = run;
    this.cluster = cluster;
    this.ledger = run.ledger();
    this.tally = run.tally();
    this.folder = folder;
    this.log = log;
    this.admin = cluster.token("admin");
  }

  /**
   * Waits until the agents have shipped everything and all captures have ended. What the faults
   * held up may be more than this machine ships in a given time; but it must become less. A JVM
   * ships what its killed predecessors left before its own, so what is sealed is progress, too.
   *
   * @param limit without any progress
   */
  boolean awaitQuiet(List<SimulatedAgent> agents, Duration limit) throws IOException {
    long began = System.nanoTime();
    long progressed = began;
    int least = Integer.MAX_VALUE;
    long most = 0;
    long mostSealed = 0;
    Predicate<SimulatedAgent> quiet = each -> each.isIdle() && each.isConnected();
    while (true) {
      List<SimulatedAgent> busy = agents.stream().filter(quiet.negate()).toList();
      List<CollectorNode> unready =
          cluster.collectors().stream().filter(each -> !each.isReady()).toList();
      List<JsonNode> captures = busy.isEmpty() ? captures() : List.of();
      List<JsonNode> open = captures.stream().filter(each -> !ENDED.contains(state(each))).toList();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      if (busy.isEmpty() && open.isEmpty() && unready.isEmpty()) {
        tally.took("time from the last fault until everything was sealed", took);
        return true;
      }
      int left = busy.size() + unready.size() + open.size();
      long bytes = open.stream().mapToLong(each -> each.at("/progress/bytes").asLong()).sum();
      long sealed = captures.stream().filter(each -> state(each).equals("sealed")).count();
      if (left < least || bytes > most || sealed > mostSealed) {
        least = Math.min(left, least);
        most = bytes;
        mostSealed = Math.max(sealed, mostSealed);
        progressed = System.nanoTime();
      }
      Duration still = Duration.ofNanos(System.nanoTime() - progressed);
      if (still.compareTo(limit) > 0 || took.compareTo(AFTERWARDS_MAX) > 0) {
        for (SimulatedAgent each : busy) {
          ledger.violation("agent %s is not done: %s", each.id(), each);
        }
        for (CollectorNode each : unready) {
          ledger.violation("%s does not become ready again", each.name());
        }
        for (JsonNode each : open) {
          ledger.violation("a capture does not end: %s", each);
        }
        return false;
      }
      ServerProcess.pause(500);
    }
  }

  private static String state(JsonNode capture) {
    return capture.path("state").asText();
  }

  /** All captures; one without a state if they cannot be listed now. */
  private List<JsonNode> captures() {
    try {
      return all("captures");
    } catch (IOException notYet) {
      tally.count("lists that failed after the faults");
      return List.of(NullNode.instance);
    }
  }

  void check(List<SimulatedAgent> agents) throws IOException {
    log.accept("captures and alerts");
    captures(agents);
    alerts();
    log.accept("evidence: " + ledger.sealed().size() + " pieces");
    evidence();
    log.accept("custody");
    new CustodyCheck(run, cluster, folder).check();
    readiness();
    agents(agents);
  }

  private void captures(List<SimulatedAgent> agents) throws IOException {
    Map<String, JsonNode> captures = new HashMap<>();
    for (JsonNode each : all("captures")) {
      String state = each.get("state").asText();
      tally.count("captures that ended " + state);
      if (captures.put(each.get("id").asText(), each) != null) {
        ledger.violation("capture %s is listed twice", each.get("id"));
      }
      if (!state.equals("sealed") && each.path("failure").asText("").isBlank()) {
        ledger.violation("a capture ended without a reason: %s", each);
      }
      if (!state.equals("sealed")) {
        tally.count("reason: " + each.path("failure").asText());
      }
    }
    for (Id each : ledger.captures().keySet()) {
      if (!captures.containsKey(each.value())) {
        ledger.violation("capture %s was acknowledged and is unknown", each);
      }
    }
    for (Piece each : ledger.sealed().values()) {
      JsonNode capture = captures.get(each.capture().value());
      if (capture == null || !capture.get("state").asText().equals("sealed")) {
        ledger.violation("evidence %s was sealed, and its capture is %s", each.evidence(), capture);
      }
    }
    Set<Id> killed = new HashSet<>();
    agents.stream().filter(SimulatedAgent::isKilled).forEach(each -> killed.add(each.id()));
    for (Piece each : ledger.begun().values()) {
      if (!ledger.sealed().containsKey(each.evidence()) && !killed.contains(each.agent().id())) {
        ledger.violation("evidence %s was never sealed", each.evidence());
      }
    }
  }

  private void alerts() throws IOException {
    Set<Id> there = new HashSet<>();
    for (Id each : ledger.alerts()) {
      Answer answer = get("alert after the faults", "/api/v1/alerts/" + each);
      if (answer.status() != 200) {
        ledger.violation("alert %s was acknowledged: %d", each, answer.status());
      } else {
        there.add(each);
      }
    }
    tally.add("alerts acknowledged and there", there.size());
  }

  private void evidence() throws IOException {
    Set<String> listed = new HashSet<>();
    Map<String, String> ofCapture = new HashMap<>();
    for (JsonNode each : all("evidence")) {
      String id = each.get("id").asText();
      if (!listed.add(id)) {
        ledger.violation("evidence %s is listed twice", id);
      }
      String before = ofCapture.put(each.path("capture").asText(), id);
      if (before != null) {
        ledger.violation("one capture has two pieces of evidence: %s and %s", before, id);
      }
      tally.count("evidence listed as " + each.get("state").asText());
    }
    int bags = 0;
    for (Piece piece : ledger.sealed().values()) {
      if (!listed.contains(piece.evidence().value())) {
        ledger.violation("evidence %s was sealed and is not listed", piece.evidence());
      }
      compare(piece);
      if (bags++ < BAGS_MAX) {
        verify(piece.evidence().value());
      }
    }
    for (String id : listed) {
      if (!ledger.begun().containsKey(new Id(id))) {
        verify(id);
      }
    }
  }

  /** All artifacts, with their digests, as the agent made them. */
  private void compare(Piece piece) throws IOException {
    Answer answer = get("evidence after the faults", "/api/v1/evidence/" + piece.evidence());
    if (answer.status() != 200) {
      ledger.violation(
          "evidence %s was sealed: %d %s", piece.evidence(), answer.status(), answer.text());
      return;
    }
    JsonNode shown = answer.json();
    if (!shown.get("state").asText().equals("sealed")
        || !shown.at("/signature/verified").asBoolean()) {
      ledger.violation("evidence %s is not sealed and verified: %s", piece.evidence(), shown);
    }
    Map<String, JsonNode> artifacts = new HashMap<>();
    shown.get("artifacts").forEach(each -> artifacts.put(each.get("name").asText(), each));
    for (Artifact each : piece.artifacts().values()) {
      JsonNode there = artifacts.get(each.name().value());
      if (there == null
          || there.get("size").asLong() != each.size()
          || !there.get("sha256").asText().equals(each.sha256().hex())) {
        ledger.violation("evidence %s: artifact %s is %s", piece.evidence(), each.name(), there);
      }
    }
  }

  private void verify(String evidence) throws IOException {
    Answer bag =
        run.http()
            .call(
                "bag after the faults",
                admin,
                "GET",
                "/api/v1/evidence/" + evidence + "/bag",
                Map.of(),
                NOTHING,
                Duration.ofMinutes(2));
    if (bag.status() != 200) {
      ledger.violation("bag of %s: %d %s", evidence, bag.status(), bag.text());
      return;
    }
    Path file = folder.resolve("bag-" + evidence + ".zip");
    Files.write(file, bag.body());
    List<String> problems = new OfflineVerifier(InstantSource.system()).verify(file).problems();
    if (problems.isEmpty()) {
      Files.delete(file);
      tally.count("bags verified after the faults");
    } else {
      ledger.violation("bag %s: %s", file, problems);
    }
  }

  private void readiness() throws IOException {
    for (CollectorNode each : cluster.collectors()) {
      Http direct = new Http(each.url(), tally);
      Answer answer =
          direct.call("readyz after the faults", admin, "GET", "/readyz", Map.of(), NOTHING);
      if (answer.status() != 200) {
        ledger.violation("%s is not ready: %s", each.name(), answer.text());
      }
    }
  }

  private void agents(List<SimulatedAgent> agents) throws IOException {
    Map<String, Boolean> connected = new HashMap<>();
    for (JsonNode each : all("agents")) {
      connected.put(each.get("id").asText(), each.get("connected").asBoolean());
    }
    for (SimulatedAgent each : agents) {
      if (!each.isKilled() && !connected.getOrDefault(each.id().value(), false)) {
        ledger.violation("agent %s has a channel and is shown as not connected", each.id());
      }
    }
  }

  /** All pages of a list. */
  private List<JsonNode> all(String kind) throws IOException {
    List<JsonNode> all = new java.util.ArrayList<>();
    String cursor = "";
    do {
      Answer answer =
          get(
              "list of " + kind + " after the faults",
              "/api/v1/" + kind + "?limit=" + PAGE + cursor);
      if (answer.status() != 200) {
        throw new IOException("list of " + kind + ": " + answer.status() + " " + answer.text());
      }
      answer.json().get(kind).forEach(all::add);
      JsonNode next = answer.json().path("next");
      cursor = next.isTextual() ? "&cursor=" + next.asText() : "";
    } while (!cursor.isEmpty());
    return all;
  }

  /** Asks again for a while if no collector has time now: that nothing is lost needs an answer. */
  private Answer get(String what, String path) throws IOException {
    long began = System.nanoTime();
    while (true) {
      Answer answer = run.http().call(what, admin, "GET", path, Map.of(), NOTHING);
      boolean later = Duration.ofNanos(System.nanoTime() - began).compareTo(BUSY_MAX) < 0;
      if (answer.status() != 503 || !later) {
        return answer;
      }
      tally.count("checks that were asked again");
      ServerProcess.pause(1_000);
    }
  }
}
