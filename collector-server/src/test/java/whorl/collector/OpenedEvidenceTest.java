package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.offline.AgeIdentity;
import whorl.collector.offline.OpenedEvidence;
import whorl.collector.offline.Source;
import whorl.collector.testkit.AgeFiles;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.ArtifactName;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** {@code whorl open} and {@code whorl report --bag}: evidence without a collector, over HTTP. */
@Timeout(300)
class OpenedEvidenceTest {
  private static final String EVIDENCE = "/api/v1/evidence";

  @TempDir private Path root;
  private final AgeFiles key = AgeFiles.generate();
  private final HttpClient client = HttpClient.newHttpClient();
  private Path temporary;

  @BeforeEach
  void makeTemporaryFolder() throws IOException {
    temporary = Files.createDirectory(root.resolve("tmp"));
  }

  /** A request that makes the application look a name up at the intruder. */
  private static String events() {
    Map<String, Object> request =
        Map.of(
            "request.id", "r-1",
            "request.method", "GET",
            "request.path", "/invoices/view",
            "request.remoteAddress", "203.0.113.9");
    StringBuilder lines = new StringBuilder();
    Instant at = Instant.parse("2026-01-02T03:04:05Z");
    Map<String, Object> start = new HashMap<>(request);
    start.putAll(Map.of("name", "ldap://203.0.113.9/a"));
    Map<String, Object> read = new HashMap<>(request);
    read.putAll(Map.of("path", "/etc/passwd", "access", "read", "created", false));
    List<Map<String, Object>> all = List.of(read, start);
    List<String> types = List.of("whorl.FileOpen", "whorl.JndiLookup");
    for (int i = 0; i < all.size(); i++) {
      EventLine line =
          new EventLine(
              i,
              at.plusMillis(i),
              types.get(i),
              all.get(i),
              "http-1",
              List.of("shop.Search.find(Search.java:12)"));
      lines.append(Json.text(line)).append('\n');
    }
    return lines.toString();
  }

  private FakeAgent plain() {
    return new FakeAgent().with("events.ndjson", events()).with("threads.txt", "threads");
  }

  /** The same attack, encrypted to {@link #key}. */
  private FakeAgent encrypted() {
    FakeAgent agent = new FakeAgent();
    plain()
        .artifacts
        .forEach((name, content) -> agent.artifacts.put(name.encrypted(), key.encrypted(content)));
    agent.recipient = key.recipient();
    return agent;
  }

  private Path bag(FakeAgent agent) throws Exception {
    TestCollector.World world = new TestCollector.World();
    world.now.set(Instant.parse("2026-01-02T03:05:00Z"));
    Path data = root.resolve("collector-" + agent.evidence);
    try (TestCollector collector = TestCollector.open(data, world)) {
      assertThat(agent.seal().shipAll(collector.agentClient).status()).isEqualTo(204);
      collector.publisher.publish();
      return Files.write(
          root.resolve(agent.evidence + ".zip"),
          collector.viewer.get(EVIDENCE + "/" + agent.evidence + "/bag").body());
    }
  }

  /** As the agent writes it without a collector. */
  private Path folder(FakeAgent agent) throws IOException {
    agent.seal();
    Path folder = Files.createDirectory(root.resolve("agent-" + agent.evidence));
    for (Map.Entry<ArtifactName, byte[]> each : agent.artifacts.entrySet()) {
      Path file = folder.resolve(each.getKey().value());
      Files.createDirectories(file.getParent());
      Files.write(file, each.getValue());
    }
    Files.write(folder.resolve("manifest.json"), agent.manifestJson());
    Files.write(folder.resolve("manifest.dsse.json"), agent.envelopeJson());
    return folder;
  }

  private OpenedEvidence evidence(Path path, @Nullable AgeFiles identity) throws IOException {
    boolean single = Source.kindOf(path) == Source.Kind.SINGLE_FILE;
    Path keyFile = root.resolve("key.txt");
    if (identity != null) {
      Files.writeString(keyFile, identity.secret() + "\n");
    }
    return OpenedEvidence.of(
        List.of(
            new Source(
                path, single ? null : new OfflineVerifier(InstantSource.system()).verify(path))),
        identity == null ? null : AgeIdentity.read(keyFile),
        temporary,
        InstantSource.system());
  }

  /** An answer, once the timeline is ready. */
  private String read(CollectorServer server, OpenedEvidence evidence, String path) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> send(server, "GET", path, evidence.token()), answer -> answer.statusCode() != 409)
        .body();
  }

  private HttpResponse<String> send(
      CollectorServer server, String method, String path, @Nullable String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void openedBag_isReadWithTheToken_andNothingElseIsPossible() throws Exception {
    Path bag = bag(plain());
    OpenedEvidence evidence = evidence(bag, null);
    CollectorServer server = CollectorServer.open(evidence);
    try {
      assertThat(server.url()).startsWith("http://127.0.0.1:");
      String id = evidence.opened().get(0).id().value();
      assertThat(send(server, "GET", EVIDENCE, null).statusCode()).isEqualTo(401);
      assertThat(send(server, "GET", EVIDENCE, "x".repeat(43)).statusCode()).isEqualTo(401);
      assertThat(send(server, "GET", "/", null).statusCode()).isEqualTo(200);
      // by this the page knows, before it sends the token of an address, that no collector gets it
      assertThat(send(server, "OPTIONS", "/api/v1/opened", null).statusCode()).isEqualTo(204);
      assertThat(send(server, "GET", EVIDENCE, evidence.token()).body()).contains(id);
      JsonNode opened =
          Json.LENIENT.readTree(send(server, "GET", "/api/v1/opened", evidence.token()).body());
      assertThat(opened.path("evidence").get(0).path("verified").asBoolean()).isTrue();
      assertThat(opened.path("evidence").get(0).path("path").asText()).isEqualTo(bag.toString());
      assertThat(read(server, evidence, EVIDENCE + "/" + id + "/findings"))
          .contains("ldap://203.0.113.9/a");
      assertThat(read(server, evidence, EVIDENCE + "/" + id + "/timeline")).contains("/etc/passwd");
      assertThat(read(server, evidence, EVIDENCE + "/" + id + "/verify"))
          .contains("\"verified\":true");
      for (String write :
          List.of(
              "DELETE " + EVIDENCE + "/" + id,
              "POST /api/v1/captures",
              "POST " + EVIDENCE + "/import",
              "POST /api/v1/cases",
              "PUT /api/v1/rules/x",
              "POST /api/v1/alerts/generic",
              "POST /agent/v1/uploads")) {
        String[] parts = write.split(" ");
        assertThat(send(server, parts[0], parts[1], evidence.token()).statusCode())
            .as(write)
            .isIn(403, 404, 405);
      }
    } finally {
      server.stop();
      evidence.close();
    }
    assertThat(left()).isEmpty();
  }

  @Test
  void foreignHost_isRefused() throws Exception {
    OpenedEvidence evidence = evidence(bag(plain()), null);
    CollectorServer server = CollectorServer.open(evidence);
    try {
      int port = URI.create(server.url()).getPort();
      for (String path : List.of("/", EVIDENCE, "/session")) {
        assertThat(status(port, path, "evil.test:" + port, evidence.token()))
            .as(path)
            .isEqualTo(403);
        assertThat(status(port, path, "localhost:" + port, evidence.token()))
            .as(path)
            .isEqualTo(200);
      }
    } finally {
      server.stop();
      evidence.close();
    }
  }

  /** The JDK's client sets the header itself. */
  private static int status(int port, String path, String host, String token) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nAuthorization: Bearer "
              + token
              + "\r\nConnection: close\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return Integer.parseInt(answer.split(" ")[1]);
    }
  }

  @Test
  void encryptedEvidence_withItsKey_hasTheSameSummary_andWithoutItIsNotExamined() throws Exception {
    String plain = summary(bag(plain()), null);
    assertThat(plain).contains("JNDI lookup through GET /invoices/view, by 203.0.113.9");
    Path encrypted = bag(encrypted());

    assertThat(summary(encrypted, key)).isEqualTo(plain);

    String without = summary(encrypted, null);
    assertThat(without)
        .startsWith("Nothing in the artifacts was examined")
        .contains(key.recipient())
        .doesNotContain("looks like an attack", "nothing was tampered");
  }

  private String summary(Path bag, @Nullable AgeFiles identity) throws Exception {
    OpenedEvidence evidence = evidence(bag, identity);
    CollectorServer server = CollectorServer.open(evidence);
    try {
      OpenedEvidence.Opened opened = evidence.opened().get(0);
      assertThat(opened.decrypted()).isEqualTo(identity == null ? 0 : 2);
      String id = opened.id().value();
      assertThat(read(server, evidence, EVIDENCE + "/" + id + "/verify"))
          .contains("\"verified\":true");
      String findings = read(server, evidence, EVIDENCE + "/" + id + "/findings");
      return Json.LENIENT.readTree(findings).path("summary").asText();
    } finally {
      server.stop();
      evidence.close();
    }
  }

  @Test
  void otherIdentity_isNamed_andNothingIsLeft() throws Exception {
    OpenedEvidence evidence = evidence(bag(encrypted()), AgeFiles.generate());

    assertThatThrownBy(() -> CollectorServer.open(evidence))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the identity that it is encrypted to");
    evidence.close();
    assertThat(left()).isEmpty();
  }

  @Test
  void agentsFolder_andSingleAgeFile_areOpened() throws Exception {
    assertThat(summary(folder(plain()), null)).contains("GET /invoices/view");
    Path single =
        Files.write(
            root.resolve("events.ndjson.age"),
            key.encrypted(events().getBytes(StandardCharsets.UTF_8)));
    OpenedEvidence evidence = evidence(single, key);
    CollectorServer server = CollectorServer.open(evidence);
    try {
      OpenedEvidence.Opened opened = evidence.opened().get(0);
      assertThat(opened.verified()).isNull();
      assertThat(read(server, evidence, EVIDENCE + "/" + opened.id() + "/timeline"))
          .contains("/etc/passwd");
    } finally {
      server.stop();
      evidence.close();
    }
  }

  @Test
  void report_isMadeOfABag_withoutACollector() throws Exception {
    Path bag = bag(plain());
    Path html = root.resolve("report.html");
    CliRun cli = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);

    int status =
        cli.opener(CollectorServer::open)
            .run("report", "--bag", bag.toString(), "--out", html.toString());

    assertThat(status).as(cli.err()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.err()).contains(": verified, ");
    assertThat(Files.readString(html))
        .contains("<h2>Findings</h2>", "ldap://203.0.113.9/a", "Verified at")
        .doesNotContain("<script");
    CliRun markdown = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);
    assertThat(
            markdown
                .opener(CollectorServer::open)
                .run("report", "--bag", bag.toString(), "--format", "markdown"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(markdown.out()).startsWith("# Evidence of shop").contains("## Custody");
  }

  @Test
  void alteredBag_isNotOpened_unlessThatIsWanted() throws Exception {
    Path altered = folder(plain());
    Files.writeString(altered.resolve("threads.txt"), "other");
    CliRun cli = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);
    assertThat(cli.opener(CollectorServer::open).run("report", "--bag", altered.toString()))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.err()).contains("NOT verified", "--unverified");

    CliRun anyway = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);
    assertThat(
            anyway
                .opener(CollectorServer::open)
                .run("report", "--bag", altered.toString(), "--unverified", "--format", "markdown"))
        .isEqualTo(ExitStatus.DONE);
    assertThat(anyway.out()).contains("NOT verified at", "threads.txt");
  }

  /** It is consistent in itself: only the key that the person gave shows that it is not genuine. */
  @Test
  void report_ofABagOfAnotherLog_saysThatItIsNotVerified() throws Exception {
    String other = SignerKey.make("log", new SecureRandom()).verifier().text();
    CliRun cli = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);

    int status =
        cli.opener(CollectorServer::open)
            .run(
                "report",
                "--bag",
                bag(plain()).toString(),
                "--log-key",
                other,
                "--unverified",
                "--format",
                "markdown");

    assertThat(status).as(cli.err()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("NOT verified at", "log-key").doesNotContain("Verified at");
  }

  /** The custody that it has on this machine is made when it is opened. */
  @Test
  void report_ofASingleFile_saysThatNothingVerifiesIt() throws Exception {
    Path single = Files.writeString(root.resolve("events.ndjson"), events());
    CliRun cli = new CliRun().verifier(new OfflineVerifier(InstantSource.system())::verify);

    int status =
        cli.opener(CollectorServer::open)
            .run("report", "--bag", single.toString(), "--format", "markdown");

    assertThat(status).as(cli.err()).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out())
        .contains("NOT verified at", "single files have no manifest")
        .doesNotContain("Verified at");
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }
}
