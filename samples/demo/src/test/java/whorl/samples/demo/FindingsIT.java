package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the collector makes of a real attack, and of a day on which nothing happens. */
final class FindingsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int ROUNDS = 300;

  @TempDir Path folder;

  @Test
  void attack_isToldAsOneChainFromTheWayInToTheShell() {
    Path javaHome = World.javaOrSkip(17);
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(javaHome)) {
      world.awaitAgent();
      world.attack(shop, "--drop", folder.toString());

      JsonNode evidence = world.awaitSealed();
      world.assertTellsTheAttack(evidence);
      MissionControlRules.of(world.recordingOf(evidence)).assertNoticed("ProcessStarted");
      assertThat(shop.answers()).isTrue();
      JsonNode report = report(world, evidence);

      assertChain(report);
      assertStacksAreTheApplications(world, report.path("evidence").asText());
      assertFindings(report);
      assertThat(report.path("summary").asText())
          .contains("expression injection through GET /products")
          .contains("path traversal through GET /invoices/view")
          .contains("unsafe deserialization through POST /import")
          .contains("promo.sh")
          .contains("every secret in the environment variables");
    }
  }

  private void assertChain(JsonNode report) {
    List<JsonNode> chain = list(report.path("chain"));
    String promo = folder.resolve("promo.sh").toString();
    List<String> steps =
        List.of(
            "initial-access: GET /invoices/view from 127.0.0.1",
            "credential-access: read /proc/self/environ",
            "initial-access: GET /invoices/view from 127.0.0.1",
            "credential-access: tried to read /var/run/secrets/kubernetes.io/serviceaccount/token",
            "initial-access: POST /import from 127.0.0.1",
            "initial-access: made the application deserialize an object of"
                + " javax.management.BadAttributeValueExpException",
            "initial-access: GET /products from 127.0.0.1",
            "execution: made the application evaluate an expression (spel)",
            "defense-evasion: defined the class org.springframework.expression.Promo",
            "command-and-control: created " + promo,
            "defense-evasion: made executable " + promo,
            "command-and-control: looked up localhost",
            "command-and-control: listened for connections on 127.0.0.1",
            "command-and-control: connected to localhost (127.0.0.1), port ",
            "execution: started /bin/sh -c id (pid ");
    List<String> told =
        chain.stream()
            .map(step -> step.path("tactic").asText() + ": " + step.path("what").asText())
            .toList();
    assertThat(told).as(String.join("\n", told)).hasSize(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      assertThat(told.get(i)).startsWith(steps.get(i));
    }
    assertThat(chain).extracting(step -> Instant.parse(step.path("time").asText())).isSorted();
    String evidence = report.path("evidence").asText();
    assertThat(chain)
        .allSatisfy(step -> assertThat(step.path("row").asText()).startsWith(evidence + ":"));
  }

  /** No stack of the ring's or the recording's events begins with the hook that emitted it. */
  private static void assertStacksAreTheApplications(World world, String evidence) {
    JsonNode rows =
        world
            .collector()
            .get(
                "/api/v1/evidence/"
                    + evidence
                    + "/timeline?stacks=true&limit=1000&type=whorl.FileOpen,whorl.ProcessStart,"
                    + "whorl.SocketConnect")
            .path("rows");
    List<String> stacks =
        list(rows).stream().map(row -> row.path("jvm.stack_trace").asText()).toList();
    assertThat(stacks).filteredOn(stack -> !stack.isEmpty()).isNotEmpty();
    assertThat(stacks)
        .allSatisfy(stack -> assertThat(stack).doesNotContain("WhorlHooks", "whorl.agent."));
  }

  private void assertFindings(JsonNode report) {
    Map<String, String> severities = new TreeMap<>();
    Map<String, Set<String>> techniques = new TreeMap<>();
    for (JsonNode finding : report.path("findings")) {
      severities.put(finding.path("title").asText(), finding.path("severity").asText());
      for (JsonNode technique : finding.path("techniques")) {
        techniques
            .computeIfAbsent(finding.path("analysis").asText(), any -> new java.util.TreeSet<>())
            .add(technique.path("id").asText());
      }
    }
    assertThat(severities)
        .containsEntry("Way in: expression injection through GET /products", "critical")
        .containsEntry("Way in: path traversal through GET /invoices/view", "high")
        .containsEntry("Way in: unsafe deserialization through POST /import", "high")
        .containsEntry("Read the environment of the process", "high")
        .containsEntry("Tried to read the pod's service account token", "medium")
        .containsEntry("Dropped an executable: " + folder.resolve("promo.sh"), "high")
        .containsEntry("Secrets within the intruder's reach", "high")
        .containsEntry("Spoke to this machine itself", "medium");
    assertThat(severities.keySet())
        .as(report.path("findings").toString())
        .anyMatch(title -> title.startsWith("Defined the class org.springframework.expression.P"))
        .anyMatch(title -> title.startsWith("Ran a shell or interpreter: /bin/sh -c id (pid "))
        .noneMatch(title -> title.startsWith("Registered") || title.startsWith("Events are"));
    assertThat(techniques.get("way-in")).contains("T1190", "T1059", "T1083");
    assertThat(techniques.get("processes")).containsExactly("T1059.004");
    assertThat(techniques.get("files-read")).containsExactlyInAnyOrder("T1003.007", "T1528");
    assertThat(techniques.get("code-loaded")).containsExactly("T1620");
    assertThat(techniques.get("files-written")).contains("T1105", "T1222.002");
  }

  @Test
  void ordinaryTraffic_withStartUp_yieldsNoFindingAboveLow() throws Exception {
    Path javaHome = World.javaOrSkip(17);
    try (World world = World.quick(folder);
        Shop shop = world.plainShop(javaHome)) {
      world.awaitAgent();
      int answers = visit(shop.url());
      assertThat(answers).isGreaterThan(2_000);
      world
          .collector()
          .post(
              "/api/v1/captures",
              "responder",
              "{\"target\":{\"service\":\"shop\"},\"reason\":\"a look at an ordinary hour\"}");

      JsonNode evidence = world.awaitSealed();
      JsonNode report = report(world, evidence);

      assertThat(evidence.path("alert").isNull()).as(evidence.toString()).isTrue();
      assertThat(list(report.path("findings")))
          .allSatisfy(
              finding ->
                  assertThat(finding.path("severity").asText())
                      .as(finding.toPrettyString())
                      .isIn("low", "informational"));
      assertThat(list(report.path("chain"))).isEmpty();
      assertThat(report.path("summary").asText())
          .containsPattern("Nothing in (it|the rest) looks like an attack");
    }
  }

  /** Uses all that the shop offers, as its customers do; returns the number of answers. */
  private static int visit(URI shop) throws IOException, InterruptedException {
    HttpClient customer = HttpClient.newHttpClient();
    List<HttpRequest> visits = new ArrayList<>();
    for (String page :
        List.of(
            "/",
            "/products",
            "/products?sort=name",
            "/products?sort=price",
            "/products?sort=id",
            "/invoices/view?file=2026-001.txt",
            "/invoices/view?file=2026-999.txt",
            "/cart/ann",
            "/healthz",
            "/no-such-page")) {
      visits.add(HttpRequest.newBuilder(shop.resolve(page)).build());
    }
    visits.add(
        HttpRequest.newBuilder(shop.resolve("/cart/ann?product=p1&pieces=2"))
            .POST(BodyPublishers.noBody())
            .build());
    int answers = 0;
    for (int i = 0; i < ROUNDS; i++) {
      for (HttpRequest visit : visits) {
        answers += customer.send(visit, BodyHandlers.discarding()).statusCode() < 500 ? 1 : 0;
      }
    }
    return answers;
  }

  private static JsonNode report(World world, JsonNode evidence) {
    String path = "/api/v1/evidence/" + evidence.path("id").asText();
    Waiting.until(
        "a timeline that is ready",
        PATIENCE,
        () -> {
          JsonNode index = world.collector().get(path + "/index");
          return index.path("state").asText().equals("ready") ? index : null;
        });
    return world.collector().get(path + "/findings");
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
