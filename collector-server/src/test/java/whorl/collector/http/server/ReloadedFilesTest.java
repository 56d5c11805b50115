package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.testkit.TestAuthority;

/** Certificate, key and the clients' authority are read again while the server runs. */
@Timeout(60)
class ReloadedFilesTest {
  @TempDir private Path folder;
  private TestAuthority authority;
  private HttpServer server;
  private final Metrics metrics = new Metrics();

  @BeforeEach
  void make() throws Exception {
    authority = new TestAuthority();
    write("ca.pem", "CERTIFICATE", authority.certificate().getEncoded());
    pair(authority, "tls", "CN=first");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void pair(TestAuthority by, String name, String subject) throws Exception {
    TestAuthority.Pair pair = by.sign(subject, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    write(name + ".crt", "CERTIFICATE", pair.certificate().getEncoded());
    write(name + ".key", "PRIVATE KEY", pair.keys().getPrivate().getEncoded());
  }

  private void write(String name, String type, byte[] content) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    TestAuthority.write(folder.resolve(name), type, content);
  }

  private void serve(@Nullable Path clientCa) throws IOException {
    server =
        HttpServer.listen(
            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
            new whorl.collector.config.TlsFiles(
                folder.resolve("tls.crt"), folder.resolve("tls.key"), clientCa),
            List.of(Route.open("GET", "/healthz", request -> Response.json(200, "ok"))),
            EdgeLimits.STANDARD,
            metrics);
  }

  /** The subject of the server's certificate, after an answer. */
  private String asked(@Nullable String client) throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            TlsFiles.context(
                    folder.resolve("ca.pem"),
                    client == null ? null : folder.resolve(client + ".crt"),
                    client == null ? null : folder.resolve(client + ".key"))
                .getSocketFactory()
                .createSocket("127.0.0.1", server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException("answered: " + answer);
      }
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @Test
  void newCertificate_isUsedByNewConnections_andItsEndIsAMetric() throws Exception {
    serve(null);
    assertThat(asked(null)).isEqualTo("CN=first");
    assertThat(server.reloadCertificates()).isFalse();

    pair(authority, "tls", "CN=second");

    assertThat(server.reloadCertificates()).isTrue();
    assertThat(asked(null)).isEqualTo("CN=second");
    assertThat(metrics.text()).containsPattern("whorl_tls_certificate_expires_seconds \\d{10}");
  }

  @Test
  void unreadableCertificate_leavesTheEarlierOne() throws Exception {
    serve(null);
    Files.writeString(folder.resolve("tls.crt"), "half of a fi");

    assertThatThrownBy(server::reloadCertificates).isInstanceOf(IOException.class);

    assertThat(asked(null)).isEqualTo("CN=first");
  }

  @Test
  void newAuthorityOfClients_isUsedByNewConnections() throws Exception {
    TestAuthority other = new TestAuthority();
    pair(authority, "agent", "CN=agent");
    pair(other, "other", "CN=other");
    write("clients.pem", "CERTIFICATE", authority.certificate().getEncoded());
    serve(folder.resolve("clients.pem"));
    assertThat(asked("agent")).isEqualTo("CN=first");
    assertThatThrownBy(() -> asked("other")).isInstanceOf(IOException.class);

    write("clients.pem", "CERTIFICATE", other.certificate().getEncoded());
    assertThat(server.reloadCertificates()).isTrue();

    assertThat(asked("other")).isEqualTo("CN=first");
    assertThatThrownBy(() -> asked("agent")).isInstanceOf(IOException.class);
  }
}
