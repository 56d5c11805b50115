package whorl.collector.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.client.TlsContexts;
import whorl.collector.cli.terminal.ExitStatus;

final class TlsInitCommandTest {
  @TempDir private static Path folder;
  private static Path tls;
  private static CliRun init;
  private static int status;

  @BeforeAll
  static void makeOnce() {
    tls = folder.resolve("new/tls");
    init = new CliRun();
    status =
        init.run("tls", "init", tls.toString(), "--host=127.0.0.1", "--host=collector.example.org");
  }

  private static X509Certificate certificate(String name) throws Exception {
    try (InputStream in = Files.newInputStream(tls.resolve(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static Instant end(X509Certificate certificate) {
    return Instant.ofEpochMilli(certificate.getNotAfter().getTime());
  }

  @Test
  void init_writesKeysReadableByTheOwnerOnly() throws Exception {
    assertThat(status).isEqualTo(ExitStatus.DONE);
    assertThat(tls.toFile().list())
        .containsExactlyInAnyOrder(
            "ca.pem", "ca-key.pem", "server.pem", "server-key.pem", "agent.pem", "agent-key.pem");
    for (String key : List.of("ca-key.pem", "server-key.pem", "agent-key.pem")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve(key))))
          .isEqualTo("rw-------");
      assertThat(tls.resolve(key)).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tls)))
        .isEqualTo("rwx------");
  }

  @Test
  void init_certificatesFitTheirPurpose() throws Exception {
    X509Certificate ca = certificate("ca.pem");
    X509Certificate server = certificate("server.pem");
    X509Certificate agent = certificate("agent.pem");

    ca.verify(ca.getPublicKey());
    server.verify(ca.getPublicKey());
    agent.verify(ca.getPublicKey());
    assertThat(ca.getBasicConstraints()).isZero();
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(agent.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(server.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(List.of(7, "127.0.0.1"), List.of(2, "collector.example.org"));
    assertThat(end(ca)).isEqualTo(CliRun.NOW.plus(Duration.ofDays(3650)));
    assertThat(end(server)).isEqualTo(CliRun.NOW.plus(Duration.ofDays(730)));
    assertThat(server.getSerialNumber()).isNotEqualTo(agent.getSerialNumber());
  }

  @Test
  void init_printsTheFlagsToUse() {
    assertThat(init.out())
        .contains(
            "--tls-cert " + tls.resolve("server.pem"),
            "--tls-key " + tls.resolve("server-key.pem"),
            "--client-ca " + tls.resolve("ca.pem"),
            "WHORL_COLLECTOR_URL=https://127.0.0.1:7117",
            "WHORL_COLLECTOR_CA=" + tls.resolve("ca.pem"),
            "WHORL_COLLECTOR_CLIENT_KEY=" + tls.resolve("agent-key.pem"));
  }

  @Test
  void init_existingFiles_areNeverOverwritten() throws Exception {
    byte[] before = Files.readAllBytes(tls.resolve("ca-key.pem"));
    CliRun cli = new CliRun();

    assertThat(cli.run("tls", "init", tls.toString(), "--host", "h")).isEqualTo(ExitStatus.FAILED);

    assertThat(cli.err()).contains("ca.pem is there already");
    assertThat(tls.resolve("ca-key.pem")).hasBinaryContent(before);
  }

  @Test
  void init_oneExistingFile_writesNothing(@TempDir Path other) throws Exception {
    Files.writeString(other.resolve("agent-key.pem"), "mine");

    assertThat(new CliRun().run("tls", "init", other.toString(), "--host", "h"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(other.toFile().list()).containsExactly("agent-key.pem");
  }

  @Test
  void init_badHost_isWrongUsage(@TempDir Path other) {
    for (String host : List.of("https://h", "h:7117", "a b", "-h", "a..b", "")) {
      CliRun cli = new CliRun();
      assertThat(cli.run("tls", "init", other.toString(), "--host", host))
          .as(host)
          .isEqualTo(ExitStatus.WRONG_USAGE);
    }
    assertThat(other).isEmptyDirectory();
    assertThat(new CliRun().run("tls", "init", other.toString())).isEqualTo(ExitStatus.WRONG_USAGE);
  }

  @Test
  void tls_withCaAndClientCertificate_connects() throws Exception {
    HttpsServer server = httpsServer();
    try {
      String url = "https://127.0.0.1:" + server.getAddress().getPort();
      CliRun cli = new CliRun();
      int connected =
          cli.run(
              "agents",
              "--url=" + url,
              "--ca=" + tls.resolve("ca.pem"),
              "--client-cert=" + tls.resolve("agent.pem"),
              "--client-key=" + tls.resolve("agent-key.pem"));
      assertThat(cli.err()).isEqualTo("whorl: no agents\n");
      assertThat(connected).isEqualTo(ExitStatus.DONE);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void tls_failures_nameTheOptionThatHelps() throws Exception {
    HttpsServer server = httpsServer();
    try {
      int port = server.getAddress().getPort();
      String url = "--url=https://127.0.0.1:" + port;
      String ca = "--ca=" + tls.resolve("ca.pem");

      CliRun untrusted = new CliRun();
      assertThat(untrusted.run("agents", url)).isEqualTo(ExitStatus.FAILED);
      assertThat(untrusted.err()).contains("no trusted CA signed the certificate", "--ca ca.pem");

      CliRun otherName = new CliRun();
      assertThat(otherName.run("agents", "--url=https://localhost:" + port, ca))
          .isEqualTo(ExitStatus.FAILED);
      assertThat(otherName.err()).contains("another host", "tls init DIR --host localhost");

      CliRun noClientCert = new CliRun();
      assertThat(noClientCert.run("agents", url, ca)).isEqualTo(ExitStatus.FAILED);
      assertThat(noClientCert.err()).contains("--client-cert and --client-key");
    } finally {
      server.stop(0);
    }
  }

  /** A server that requires client certificates. */
  private static HttpsServer httpsServer() throws IOException {
    SSLContext context =
        TlsContexts.of(
            tls.resolve("ca.pem"), tls.resolve("server.pem"), tls.resolve("server-key.pem"));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters need = context.getDefaultSSLParameters();
            need.setNeedClientAuth(true);
            parameters.setSSLParameters(need);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"agents\":[]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }
}
