package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.AgentAccess.CertificateName;
import whorl.collector.config.TlsFiles;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.Caller;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestAuthority;
import whorl.collector.testkit.TestAuthority.Pair;
import whorl.collector.testkit.TestConfig;

/** Agents that prove who they are by client certificates, at a whole collector. */
@Timeout(120)
class AgentCertificateTest {
  private static final String SHARED = "agent-token-that-all-share-0123456789";
  private static final String ADMIN = "admin-token-0123456789";
  private static final String WEB = "spiffe://example.org/ns/shop/sa/web";

  @TempDir private Path root;
  private TestAuthority authority;
  private CollectorServer server;

  @BeforeEach
  void make() throws Exception {
    authority = new TestAuthority();
    Files.writeString(root.resolve("tokens"), "agent " + SHARED + "\nadmin " + ADMIN + "\n");
  }

  private void start(@Nullable CertificateName by) throws Exception {
    Pair own = authority.sign("CN=collector", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    TlsFiles tls =
        new TlsFiles(
            TestAuthority.write(
                root.resolve("server.pem"), "CERTIFICATE", own.certificate().getEncoded()),
            TestAuthority.write(
                root.resolve("server-key.pem"),
                "PRIVATE KEY",
                own.keys().getPrivate().getEncoded()),
            TestAuthority.write(
                root.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded()));
    server =
        CollectorServer.start(
            TestConfig.in(root.resolve("data"))
                .tokens(root.resolve("tokens"))
                .tls(tls)
                .agents(new AgentAccess(List.of(), by, true, null))
                .config(),
            Wiring::open,
            message -> {});
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  /** Sends no token, unless one is given. */
  private Caller as(@Nullable Pair own, @Nullable String token) throws Exception {
    SSLContext context = authority.client(own);
    HttpClient client =
        HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
    return (method, target, headers, body) -> {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server.url() + target))
              .timeout(Duration.ofSeconds(60))
              .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
      headers.forEach(request::header);
      if (token != null) {
        request.header("Authorization", "Bearer " + token);
      }
      try {
        HttpResponse<byte[]> response =
            client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        Map<String, String> answered = new HashMap<>();
        response.headers().map().forEach((name, values) -> answered.put(name, values.get(0)));
        return new Answer(response.statusCode(), answered, response.body());
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  @Test
  void spiffeId_isTheIdentity_andNamesTheServiceAccount() throws Exception {
    start(CertificateName.SPIFFE);
    Caller web = as(authority.spiffe(WEB), null);
    Caller renewed = as(authority.spiffe(WEB), null);
    Caller other = as(authority.spiffe("spiffe://example.org/ns/bank/sa/web"), null);
    FakeAgent agent = new FakeAgent();

    assertThat(agent.create(web, "a.txt", 1).status()).isEqualTo(201);
    assertThat(agent.create(renewed, "a.txt", 1).status()).isEqualTo(200);
    assertThat(agent.create(other, "a.txt", 1).status()).isEqualTo(403);

    FakeAgent sealed = new FakeAgent().with("a.txt", "a").seal();
    assertThat(sealed.shipAll(web).status()).isEqualTo(204);
    String shown =
        as(authority.spiffe(WEB), ADMIN)
            .call("GET", "/api/v1/evidence/" + sealed.evidence, Map.of(), new byte[0])
            .text();
    assertThat(shown)
        .contains("\"proof\":\"certificate\"")
        .contains("\"identity\":\"certificate " + WEB + "\"")
        .contains("\"namespace\":\"shop\"")
        .contains("\"serviceAccount\":\"web\"");
  }

  @Test
  void token_goesBeforeTheCertificate_andPeopleStillNeedOne() throws Exception {
    start(CertificateName.SPIFFE);
    Pair own = authority.spiffe(WEB);
    FakeAgent agent = new FakeAgent();
    assertThat(agent.create(as(own, SHARED), "a.txt", 1).status()).isEqualTo(201);
    assertThat(agent.create(as(own, null), "a.txt", 1).status())
        .as("it is of the shared token")
        .isEqualTo(403);
    assertThat(as(own, null).call("GET", "/api/v1/agents", Map.of(), new byte[0]).status())
        .isEqualTo(401);
    assertThat(as(own, ADMIN).call("GET", "/api/v1/agents", Map.of(), new byte[0]).status())
        .isEqualTo(200);
  }

  @Test
  void certificateWithoutASpiffeId_isRefusedAndSaysWhy() throws Exception {
    start(CertificateName.SPIFFE);
    for (Pair own :
        List.of(
            authority.sign("CN=agent"),
            authority.spiffe("https://example.org/ns/shop/sa/web"),
            authority.sign(
                "CN=agent",
                new GeneralName(GeneralName.uniformResourceIdentifier, WEB),
                new GeneralName(GeneralName.uniformResourceIdentifier, WEB + "2")))) {
      Answer answer = new FakeAgent().create(as(own, null), "a.txt", 1);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text()).contains("must have one URI, a SPIFFE id");
    }
  }

  @Test
  void subject_isTheIdentity() throws Exception {
    start(CertificateName.SUBJECT);
    FakeAgent agent = new FakeAgent();
    Caller shop = as(authority.sign("CN=shop,O=Example"), null);
    assertThat(agent.create(shop, "a.txt", 1).status()).isEqualTo(201);
    assertThat(agent.create(as(authority.sign("CN=bank,O=Example"), null), "a.txt", 1).status())
        .isEqualTo(403);
  }

  @Test
  void withoutTheOption_certificatesIdentifyNobody() throws Exception {
    start(null);
    Pair own = authority.spiffe(WEB);
    assertThat(new FakeAgent().create(as(own, null), "a.txt", 1).status()).isEqualTo(401);
    assertThat(new FakeAgent().create(as(own, SHARED), "a.txt", 1).status()).isEqualTo(201);
  }
}
