package whorl.collector.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.client.TlsFiles;

/** The webhook as an API server sees it, over TLS. */
@Timeout(240)
class WebhookTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path made;

  @TempDir Path folder;
  private Path keys;
  private Path description;
  private Webhook webhook;
  private HttpClient client;

  @BeforeAll
  static void make() throws Exception {
    SelfSigned.write(made);
  }

  @BeforeEach
  void start() throws Exception {
    keys = folder.resolve("keys");
    Files.createDirectories(keys);
    for (String file : List.of("server.pem", "server-key.pem", "ca.pem")) {
      Files.copy(made.resolve(file), keys.resolve(file));
    }
    description = folder.resolve("injection.json");
    Files.copy(InjectorTest.FOLDER.resolve("image.json"), description);
    webhook = open(keys.resolve("server-key.pem"));
    client = HttpClient.newBuilder().sslContext(trust(keys)).build();
  }

  @AfterEach
  void stop() {
    webhook.close();
  }

  @Test
  void doctor_seesThatAPodWouldGetTheAgent() {
    CliRun cli = new CliRun();

    cli.run(
        "doctor",
        "--url",
        "http://127.0.0.1:1",
        "--webhook",
        "https://127.0.0.1:" + webhook.address().getPort(),
        "--webhook-ca",
        keys.resolve("ca.pem").toString());

    assertThat(cli.out())
        .containsPattern("ok +webhook-tls")
        .containsPattern("ok +webhook-ready")
        .containsPattern("ok +webhook +a plain pod with the label gets the agent");
  }

  @Test
  void review_isAnsweredWithAPatch_andItsUid() throws Exception {
    JsonNode pod = InjectorTest.pod("several-partly");

    JsonNode response = review(pod);

    assertThat(response.path("uid").asText()).isEqualTo("u-1");
    assertThat(response.path("allowed").asBoolean()).isTrue();
    assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
    Injector injector =
        new Injector(
            Description.parse(Files.readAllBytes(description)),
            Files.readString(keys.resolve("ca.pem")));
    assertThat(JSON.readTree(Base64.getDecoder().decode(response.path("patch").asText())))
        .isEqualTo(JSON.readTree(InjectorTest.inject(injector, pod).patch().toString()));
    assertThat(response.path("warnings").path(0).asText()).contains("from: JAVA_TOOL_OPTIONS");
  }

  @Test
  void whatIsNoNewPod_isAdmittedAsItIs() throws Exception {
    for (String change : List.of("kind", "operation")) {
      ObjectNode review = reviewOf(InjectorTest.pod("plain"));
      ObjectNode request = (ObjectNode) review.path("request");
      if (change.equals("kind")) {
        request.putObject("kind").put("kind", "Service");
      } else {
        request.put("operation", "UPDATE");
      }
      JsonNode response = response(post(review.toString()));

      assertThat(response.path("allowed").asBoolean()).isTrue();
      assertThat(response.has("patch")).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"apiVersion\":\"admission.k8s.io/v1\"}",
        "{\"apiVersion\":\"admission.k8s.io/v1beta1\",\"request\":{}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":7,\"object\":[]}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"kind\":"
            + "\"Pod\"},\"operation\":\"CREATE\",\"object\":{\"spec\":{\"containers\":{\"a\":1}}}}}",
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"kind\":"
            + "\"Pod\"},\"operation\":\"CREATE\",\"object\":{\"spec\":{\"containers\":[[],7,"
            + "{\"env\":\"x\",\"volumeMounts\":{}}]}}}}",
        "{\"a\":",
        "\u0000\u0001\u0002",
        "nested",
      })
  void garbage_isAdmitted(String body) throws Exception {
    String sent = body.equals("nested") ? "[".repeat(100_000) : body;

    HttpResponse<String> answer = post(sent);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(response(answer).path("allowed").asBoolean()).isTrue();
    assertThat(response(review(), "u-1")).isTrue();
  }

  @Test
  void failure_isCounted_andThePersonIsWarned() throws Exception {
    JsonNode response = response(post("no json"));

    assertThat(response.path("warnings").path(0).asText()).contains("the webhook failed");
    assertThat(get("/metrics"))
        .contains("whorl_injection_reviews_total{outcome=\"failed\"} 1")
        .contains("whorl_injection_reviews_total{outcome=\"injected\"} 0");
  }

  @Test
  void longReview_isRefusedBeforeItIsRead() throws Exception {
    try (Socket socket =
        trust(keys).getSocketFactory().createSocket("127.0.0.1", webhook.address().getPort())) {
      String head =
          "POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + (InjectionRoutes.MAX_BODY_BYTES + 1)
              + "\r\n\r\n";
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 413".length());

      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
    }
    assertThat(response(review(), "u-1")).isTrue();
  }

  /** Very many connections with such heads fill the heap that the chart gives. */
  @Test
  void heads_largerThanThoseOfAnApiServer_areRefused() throws Exception {
    String query = "/inject?" + "a".repeat(3_000);
    HttpRequest line = HttpRequest.newBuilder(uri(query)).build();
    HttpRequest headers =
        HttpRequest.newBuilder(uri("/inject")).header("X-Large", "a".repeat(9_000)).build();
    String plain = reviewOf(InjectorTest.pod("plain")).toString();
    HttpRequest withToken =
        HttpRequest.newBuilder(uri("/inject?timeout=10s"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + "a".repeat(6_000))
            .POST(HttpRequest.BodyPublishers.ofString(plain))
            .build();

    assertThat(client.send(line, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(414);
    assertThat(client.send(headers, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(431);
    HttpResponse<String> answer = client.send(withToken, HttpResponse.BodyHandlers.ofString());
    assertThat(response(response(answer), "u-1")).isTrue();
  }

  /** What one of them is made of fills a heap, and the port is open to every pod of a cluster. */
  @Test
  void reviewsOfVeryManyValues_doNotEndTheWebhook_inTheHeapThatTheChartGives() throws Exception {
    String manyValues =
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"object\":["
            + "{},".repeat(1_390_000)
            + "{}]}}";
    ObjectNode pod = (ObjectNode) InjectorTest.pod("plain");
    ArrayNode containers = pod.withArray("/spec/containers");
    for (int i = 0; i < 20_000; i++) {
      containers.addObject();
    }
    String manyContainers = reviewOf(pod).toString();
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                "whorl.collector.Main",
                "webhook",
                "--listen=127.0.0.1:0",
                "--tls-cert=" + keys.resolve("server.pem"),
                "--tls-key=" + keys.resolve("server-key.pem"),
                "--ca=" + keys.resolve("ca.pem"),
                "--injection=" + description)
            .redirectError(folder.resolve("log").toFile())
            .start();
    try (BufferedReader out = started.inputReader()) {
      String line = String.valueOf(out.readLine());
      URI inject =
          URI.create("https://127.0.0.1:" + line.substring(line.lastIndexOf(' ') + 1) + "/inject");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String review = i % 2 == 0 ? manyValues : manyContainers;
        answers.add(
            client.sendAsync(request(inject, review), HttpResponse.BodyHandlers.ofString()));
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(response(answer.join()).path("allowed").asBoolean()).isTrue();
      }
      String plain = reviewOf(InjectorTest.pod("plain")).toString();

      HttpResponse<String> after =
          client.send(request(inject, plain), HttpResponse.BodyHandlers.ofString());

      assertThat(response(response(after), "u-1")).isTrue();
      assertThat(started.isAlive()).isTrue();
    } finally {
      started.destroyForcibly().waitFor();
    }
  }

  @Test
  void load_andClientsThatStandStill_delayNobodyForLong() throws Exception {
    SSLContext context = trust(keys);
    List<Socket> still = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Socket socket =
          context.getSocketFactory().createSocket("127.0.0.1", webhook.address().getPort());
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      still.add(socket);
    }
    String body = reviewOf(InjectorTest.pod("several")).toString();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(client.sendAsync(request(body), HttpResponse.BodyHandlers.ofString()));
      if (i % 20 == 19) {
        answers.get(i).join();
      }
    }

    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(response(answer.join()).path("patch").asText()).isNotEmpty();
    }
    assertThat(get("/healthz")).isEqualTo("ok\n");
    assertThat(get("/metrics")).contains("{outcome=\"injected\"} 300");
    for (Socket socket : still) {
      socket.close();
    }
  }

  @Test
  void certificateAndDescription_areReadAgain() throws Exception {
    Path fresh = folder.resolve("fresh");
    SelfSigned.write(fresh);
    for (String file : List.of("server.pem", "server-key.pem", "ca.pem")) {
      Files.copy(fresh.resolve(file), keys.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(description, Files.readString(description).replace("StartAttach", "Other"));
    client = HttpClient.newBuilder().sslContext(trust(fresh)).build();

    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              String patch = review(InjectorTest.pod("plain")).path("patch").asText();
              String text = new String(Base64.getDecoder().decode(patch), StandardCharsets.UTF_8);
              assertThat(text).contains("-XX:+OtherListener");
              assertThat(text)
                  .contains(Files.readString(fresh.resolve("ca.pem")).split("\n", -1)[1]);
            });

    Files.writeString(description, "{}");
    assertThat(response(review(), "u-1")).isTrue();
  }

  @Test
  void missingAndWrongFiles_areNamedAtTheStart() throws Exception {
    Files.writeString(description, "{\"options\":\"-a\",\"agentFile\":\"b\"}");
    assertThatThrownBy(() -> open(keys.resolve("server-key.pem")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("injection.json")
        .hasMessageContaining("volumes and mounts are needed");
    Files.delete(description);
    assertThatThrownBy(() -> open(keys.resolve("server-key.pem")))
        .hasMessageContaining("cannot read")
        .hasMessageContaining("injection.json");
    Files.copy(InjectorTest.FOLDER.resolve("image.json"), description);
    assertThatThrownBy(
            () -> Webhook.start(address(), files(keys.resolve("none.pem")), description, null))
        .hasMessageContaining("give them with --ca");
  }

  private Webhook open(Path key) throws IOException {
    return Webhook.start(address(), files(key), description, keys.resolve("ca.pem"));
  }

  private whorl.collector.config.TlsFiles files(Path key) {
    return new whorl.collector.config.TlsFiles(keys.resolve("server.pem"), key, null);
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static SSLContext trust(Path keys) {
    return TlsFiles.context(keys.resolve("ca.pem"), null, null);
  }

  private static ObjectNode reviewOf(JsonNode pod) {
    ObjectNode review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", "u-1").put("operation", "CREATE").put("namespace", "shop");
    request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
    request.set("object", pod);
    return review;
  }

  private HttpRequest request(String body) {
    return request(uri("/inject?timeout=3s"), body);
  }

  private static HttpRequest request(URI inject, String body) {
    return HttpRequest.newBuilder(inject)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private HttpResponse<String> post(String body) throws Exception {
    return client.send(request(body), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode review(JsonNode pod) throws Exception {
    return response(post(reviewOf(pod).toString()));
  }

  /** The answer for an ordinary pod. */
  private JsonNode review() throws Exception {
    return review(InjectorTest.pod("plain"));
  }

  private static boolean response(JsonNode response, String uid) {
    return response.path("uid").asText().equals(uid) && response.has("patch");
  }

  private static JsonNode response(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode review = JSON.readTree(answer.body());
    assertThat(review.path("kind").asText()).isEqualTo("AdmissionReview");
    return review.path("response");
  }

  private String get(String path) throws Exception {
    return client
        .send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + webhook.address().getPort() + path);
  }
}
