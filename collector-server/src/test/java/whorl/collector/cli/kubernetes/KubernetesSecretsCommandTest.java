package whorl.collector.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.http.auth.Tokens;
import whorl.collector.testkit.TestAuthority;
import whorl.evidence.Json;

/** The command against a server that answers as the API of a cluster does. */
class KubernetesSecretsCommandTest {
  @TempDir Path folder;
  private final Map<String, JsonNode> secrets = new ConcurrentHashMap<>();
  private final Map<String, JsonNode> configMaps = new ConcurrentHashMap<>();
  private Path account;
  private HttpsServer api;
  private boolean forbidden;

  @BeforeEach
  void start() throws Exception {
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=api", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    account = Files.createDirectories(folder.resolve("account"));
    Files.writeString(account.resolve("token"), "pods-own-token\n");
    Files.writeString(account.resolve("namespace"), "forensics");
    TestAuthority.write(
        account.resolve("ca.crt"), "CERTIFICATE", authority.certificate().getEncoded());
    api = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.setHttpsConfigurator(new HttpsConfigurator(authority.client(own)));
    api.createContext(
        "/api/v1/namespaces/forensics/configmaps",
        exchange -> {
          JsonNode map = Json.MAPPER.readTree(exchange.getRequestBody());
          configMaps.put(map.path("metadata").path("name").textValue(), map);
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    api.createContext(
        "/api/v1/namespaces/forensics/secrets",
        exchange -> {
          byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
          int status = 201;
          JsonNode secret = Json.MAPPER.readTree(exchange.getRequestBody());
          String caller = exchange.getRequestHeaders().getFirst("Authorization");
          if (forbidden || !"Bearer pods-own-token".equals(caller)) {
            status = 403;
            answer =
                "{\"kind\":\"Status\",\"message\":\"secrets is forbidden: no verb create\"}"
                    .getBytes(StandardCharsets.UTF_8);
          } else if (secrets.putIfAbsent(secret.path("metadata").path("name").textValue(), secret)
              != null) {
            status = 409;
          }
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  @Test
  void secretsAreMade_onceAndForAll() throws Exception {
    CliRun first = run();
    assertThat(first.err()).isEmpty();
    assertThat(first.out()).contains("made Secret the-tokens in forensics");
    assertThat(secrets.keySet()).containsExactlyInAnyOrder("the-tokens", "the-key", "the-tls");
    assertThat(configMaps.get("the-ca").path("data").path("ca.crt").textValue())
        .isEqualTo(new String(content("the-tls", "ca.crt"), StandardCharsets.UTF_8));
    Map<String, JsonNode> made = Map.copyOf(secrets);
    configMaps.clear();

    CliRun again = run();
    assertThat(configMaps).as("the authority of a Secret that is there is not known").isEmpty();
    assertThat(again.out()).contains("kept Secret the-tls in forensics, which is there already");
    assertThat(secrets).isEqualTo(made);
    assertThat(Tokens.read(file("the-tokens", "tokens"))).isNotNull();
    assertThat(LogKey.read(file("the-key", "log.key"))).isNotNull();
    assertThat(secrets.get("the-tls").path("type").textValue()).isEqualTo("kubernetes.io/tls");
    X509Certificate server = certificate(content("the-tls", "tls.crt"));
    server.verify(certificate(content("the-tls", "ca.crt")).getPublicKey());
    assertThat(server.getSubjectAlternativeNames().toString())
        .contains("whorl-collector.forensics.svc");
    String token =
        new String(content("the-tokens", "tokens"), StandardCharsets.UTF_8).strip().split(" ")[6];
    assertThat(first.out()).doesNotContain(token.strip());
  }

  @Test
  void refusal_isToldInTheApisWords() {
    forbidden = true;
    CliRun run = run();

    assertThat(run.err())
        .contains("refuses to make the Secret the-key in forensics: 403 secrets is forbidden");
    assertThat(secrets).isEmpty();
  }

  @Test
  void outsideOfACluster_theRemedyIsNamed() {
    CliRun run = new CliRun();

    assertThat(run.run("kubernetes-secrets", "--tokens=x")).isEqualTo(1);
    assertThat(run.err()).contains("no pod of a cluster").contains("whorl tokens");
  }

  @Test
  void certificateWithoutAName_isRefused() {
    CliRun run = new CliRun();

    assertThat(run.run("kubernetes-secrets", "--tls=x")).isEqualTo(2);
    assertThat(run.err()).contains("--tls needs --host");
  }

  private CliRun run() {
    CliRun run =
        new CliRun()
            .with("KUBERNETES_SERVICE_HOST", "127.0.0.1")
            .with("KUBERNETES_SERVICE_PORT", "" + api.getAddress().getPort());
    int status =
        run.run(
            "kubernetes-secrets",
            "--tokens=the-tokens",
            "--custody-key=the-key",
            "--tls=the-tls",
            "--ca-config-map=the-ca",
            "--host=whorl-collector",
            "--host=whorl-collector.forensics.svc",
            "--service-account=" + account);
    assertThat(status).isEqualTo(forbidden ? 1 : 0);
    return run;
  }

  private byte[] content(String secret, String key) {
    return Base64.getDecoder().decode(secrets.get(secret).path("data").path(key).textValue());
  }

  private Path file(String secret, String key) throws IOException {
    Path file = folder.resolve(secret + key);
    Files.write(file, content(secret, key));
    return file;
  }

  private static X509Certificate certificate(byte[] pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }
}
