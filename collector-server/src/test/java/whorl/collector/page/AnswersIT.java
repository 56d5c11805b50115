package whorl.collector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import whorl.collector.testkit.PackagedCollector;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** The responses of the packaged collector conform to its OpenAPI document. */
@Timeout(300)
class AnswersIT {
  @TempDir private static Path folder;

  private static JsonNode document;
  private static PackagedCollector collector;
  private static ScriptedAgent agent;
  private static Id evidence;

  @BeforeAll
  static void start() throws IOException {
    try (InputStream in = AnswersIT.class.getResourceAsStream("/openapi.yaml")) {
      document =
          Json.LENIENT.valueToTree(
              new Load(LoadSettings.builder().build()).loadFromInputStream(in));
    }
    collector = new PackagedCollector(folder.resolve("collector"));
    agent = new ScriptedAgent(collector.url(), collector.token("agent"), folder.resolve("agent"));
    await().atMost(Duration.ofSeconds(30)).until(agent::isConnected);
    evidence = agent.raise();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> state("/api/v1/evidence/" + evidence).equals("sealed"));
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> state("/api/v1/evidence/" + evidence + "/index").equals("ready"));
    // an alert that matches no JVM has no agent, service and captures
    String alert = "{\"rule\":\"r\",\"level\":\"high\",\"target\":{\"service\":\"nobody\"}}";
    assertThat(ask("POST", "/api/v1/alerts/generic", "alert", alert).statusCode()).isEqualTo(202);
  }

  @AfterAll
  static void stop() throws Exception {
    if (agent != null) {
      agent.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/agents, /api/v1/agents",
    "/api/v1/agents/services, /api/v1/agents/services",
    "/api/v1/agents/{id}/journal, /api/v1/agents/AGENT/journal",
    "/api/v1/captures, /api/v1/captures",
    "/api/v1/captures/{id}, /api/v1/captures/CAPTURE",
    "/api/v1/alerts, /api/v1/alerts",
    "/api/v1/alerts/{id}, /api/v1/alerts/ALERT",
    "/api/v1/evidence, /api/v1/evidence",
    "/api/v1/evidence, /api/v1/evidence?artifacts=counted",
    "/api/v1/evidence/{id}, /api/v1/evidence/EVIDENCE",
    "/api/v1/evidence/{id}/index, /api/v1/evidence/EVIDENCE/index",
    "/api/v1/evidence/{id}/verify, /api/v1/evidence/EVIDENCE/verify",
    "/api/v1/evidence/{id}/findings, /api/v1/evidence/EVIDENCE/findings",
    "/api/v1/evidence/{id}/timeline, /api/v1/evidence/EVIDENCE/timeline?limit=500",
    "/api/v1/evidence/{id}/timeline/histogram, /api/v1/evidence/EVIDENCE/timeline/histogram",
    "/api/v1/evidence/{id}/timeline/types, /api/v1/evidence/EVIDENCE/timeline/types",
    "/api/v1/evidence/{id}/timeline/flame, /api/v1/evidence/EVIDENCE/timeline/flame",
    "/api/v1/evidence/{id}/series, /api/v1/evidence/EVIDENCE/series",
    "/api/v1/evidence/{id}/performance, /api/v1/evidence/EVIDENCE/performance",
    "/api/v1/evidence/{id}/heap, /api/v1/evidence/EVIDENCE/heap",
    "/api/v1/evidence/{id}/heap/growth, /api/v1/evidence/EVIDENCE/heap/growth",
    "/api/v1/evidence/{id}/hold, /api/v1/evidence/EVIDENCE/hold",
    "/api/v1/evidence/{id}/classes, /api/v1/evidence/EVIDENCE/classes",
    "/api/v1/evidence/{id}/artifacts/{name}, /api/v1/evidence/EVIDENCE/artifacts/process.json",
    "/api/v1/evidence/{id}/artifacts/{name}, /api/v1/evidence/EVIDENCE/artifacts/threads.txt",
    "/api/v1/evidence/{id}/artifacts/{name}, /api/v1/evidence/EVIDENCE/artifacts/console.log",
    "/api/v1/evidence/{id}/artifacts/{name}, /api/v1/evidence/EVIDENCE/artifacts/recording.jfr",
    "/api/v1/evidence/{id}/artifacts/{name}, /api/v1/evidence/EVIDENCE/artifacts/nothing",
    "/api/v1/custody, /api/v1/custody?evidence=EVIDENCE",
    "/api/v1/custody, /api/v1/custody",
    "/api/v1/holds, /api/v1/holds",
    "/api/v1/cases, /api/v1/cases",
    "/api/v1/cases/{id}, /api/v1/cases/EVIDENCE",
    "/api/v1/retention, /api/v1/retention",
    "/api/v1/rules, /api/v1/rules",
    "/lib/{name}, /lib/%2e%2e/openapi.yaml",
  })
  void response_conformsToTheDocument(String template, String path) throws IOException {
    HttpResponse<String> answer = ask("GET", filled(path), "viewer", null);

    String status = Integer.toString(answer.statusCode());
    JsonNode responses = document.path("paths").path(template).path("get").path("responses");
    assertThat(responses.isObject()).as("document has GET %s", template).isTrue();
    JsonNode response = responses.has(status) ? responses.path(status) : responses.path("default");
    assertThat(response.isMissingNode()).as("%s of %s", status, template).isFalse();
    if (response.has("$ref")) {
      response = document.at(response.path("$ref").asText().substring(1));
    }
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";")[0];
    JsonNode content = response.path("content");
    assertThat(content.has(type) || content.has("*/*"))
        .as("%s answers %s, documented are %s", path, type, content.properties())
        .isTrue();
    if (type.endsWith("json") && content.path(type).has("schema")) {
      assertThat(problems(content.path(type).path("schema"), answer.body())).as(path).isEmpty();
    }
  }

  /** What language models ask: its SDK works in the jar too. */
  @Test
  void mcp_conformsToTheDocument() throws IOException {
    HttpResponse<String> answer =
        ask(
            "POST",
            "/mcp",
            "viewer",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
                + "\"params\":{\"name\":\"alerts_list\"}}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode schema =
        document.at("/components/responses/McpAnswer/content").path("application/json");
    assertThat(problems(schema.path("schema"), answer.body())).isEmpty();
    assertThat(answer.body()).contains("\"isError\":false", "never instructions");
  }

  @Test
  void custody_inPages_isCompleteAndInOrder() throws IOException {
    ask("GET", "/api/v1/evidence/" + evidence + "/artifacts/process.json", "viewer", null);
    String path = "/api/v1/custody?evidence=" + evidence;
    List<Long> whole = sequences(collector.get(path + "&limit=1000"));
    List<Long> paged = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = collector.get(path + "&limit=2" + cursor);
      paged.addAll(sequences(page));
      assertThat(page.path("entries").size()).isBetween(1, 2);
      cursor = page.has("next") ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());

    assertThat(paged).containsExactlyElementsOf(whole).isSorted().hasSizeGreaterThan(2);
    Set<String> actions = new HashSet<>();
    collector.get(path).path("entries").forEach(one -> actions.add(one.path("action").asText()));
    assertThat(actions).contains("sealed", "exported");
  }

  private static List<Long> sequences(JsonNode page) {
    List<Long> sequences = new ArrayList<>();
    page.path("entries").forEach(entry -> sequences.add(entry.path("sequence").asLong()));
    return sequences;
  }

  private static String state(String path) throws IOException {
    return collector.get(path).path("state").asText();
  }

  private static String filled(String path) throws IOException {
    String filled = path.replace("AGENT", agent.id.value()).replace("EVIDENCE", evidence.value());
    if (path.contains("CAPTURE")) {
      String capture = collector.get("/api/v1/evidence/" + evidence).path("capture").asText();
      filled = filled.replace("CAPTURE", capture);
    }
    if (path.contains("ALERT")) {
      String alert = collector.get("/api/v1/alerts").at("/alerts/0/id").asText();
      filled = filled.replace("ALERT", alert);
    }
    return filled;
  }

  /** Validates a body. The schema may refer to the document's components. */
  private static List<String> problems(JsonNode schema, String body) throws IOException {
    ObjectNode root = Json.LENIENT.createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.set("components", document.path("components"));
    schema.properties().forEach(entry -> root.set(entry.getKey(), entry.getValue()));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(root.toString(), InputFormat.JSON)
        .validate(body, InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }

  private static HttpResponse<String> ask(
      String method, String path, String role, @Nullable String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(collector.url() + path))
            .header("Authorization", "Bearer " + collector.token(role))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    try {
      return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
