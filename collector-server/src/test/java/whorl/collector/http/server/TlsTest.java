package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.TlsFiles;

@Timeout(60)
class TlsTest {
  @TempDir private static Path keys;

  private static Certificates certificates;

  @BeforeAll
  static void make() throws Exception {
    certificates = new Certificates(keys);
  }

  @Test
  void trustingClient_getsCompleteFilesAndStreams(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, null)) {
      byte[] file = get(server, "/file", null).body();
      assertThat(file).isEqualTo(Arrays.copyOfRange(RunningServer.pattern(300_000), 1000, 251_000));
      assertThat(get(server, "/file/huge", null).body()).hasSize(100_000).endsWith('e', 'n', 'd');
      assertThat(get(server, "/stream/small", null).body()).hasSize(100_000);
      assertThat(get(server, "/nowhere", null).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void login_overTls_setsASecureCookie(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, null);
        Socket socket =
            certificates
                .context(null)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.server.address().getPort())) {
      socket.setSoTimeout(20_000);
      String body = "{\"token\":\"" + RunningServer.VIEWER + "\"}";
      String head =
          "POST /session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(RunningServer.readAll(socket))
          .startsWith("HTTP/1.1 200 ")
          .contains("; Path=/; HttpOnly; SameSite=Strict; Secure\r\n");
    }
  }

  @Test
  void upload_largeAndUnread_doesNotBlockTheResponse(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, null);
        Socket socket =
            certificates
                .context(null)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.server.address().getPort())) {
      socket.setSoTimeout(20_000);
      String head =
          "PATCH /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n"
              + RunningServer.bearer(RunningServer.AGENT)
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(new byte[500_000]);
      assertThat(RunningServer.readAll(socket)).startsWith("HTTP/1.1 507 ");
    }
  }

  @Test
  void clientCa_admitsOnlyItsCertificates(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, certificates.authority())) {
      assertThat(get(server, "/open", Certificates.CLIENT).statusCode()).isEqualTo(200);
      HttpResponse<byte[]> refused = get(server, "/open", null);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(new String(refused.body(), StandardCharsets.UTF_8))
          .contains("no client certificate");
      assertThat(get(server, "/healthz", null).statusCode())
          .as("probes need no certificate; this server has no such route")
          .isEqualTo(404);
      // the client does not send a certificate that the server would refuse
      assertThat(get(server, "/open", Certificates.STRANGER).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void plainHttp_isClosedWithoutAResponse(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, null)) {
      assertThat(server.raw("GET /open HTTP/1.1\r\nHost: x\r\n\r\n")).doesNotContain("200");
    }
  }

  @Test
  void handshake_missing_isClosed(@TempDir Path folder) throws Exception {
    try (RunningServer server = start(folder, RunningServer.shortDeadlines(), null);
        Socket socket = server.connect()) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1});
      assertThat(RunningServer.readAll(socket)).isEmpty();
    }
  }

  /** They need no token, and connections between two requests may stay for a minute. */
  @Test
  void halfRecords_takeNoMoreThanTheLimit_andAQuickClientIsAnswered(@TempDir Path folder)
      throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer server = start(folder, RunningServer.maxHeld(200_000), null)) {
      for (int i = 0; i < 16; i++) {
        Socket socket = server.connect();
        slow.add(socket);
        Socket tls =
            certificates
                .context(null)
                .getSocketFactory()
                .createSocket(socket, "127.0.0.1", socket.getPort(), false);
        tls.getOutputStream()
            .write("GET /open HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(tls.getInputStream().read()).isEqualTo('H');
        // of 16,384 bytes
        socket.getOutputStream().write(new byte[] {0x17, 3, 3, 0x40, 0});
        socket.getOutputStream().write(new byte[12_000]);
      }
      String unused = RunningServer.readAll(slow.get(0));
      assertThat(server.metrics.text()).contains("reason=\"slow-client\"}");
      assertThat(get(server, "/open", null).statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void halfHandshakes_takeNoMoreThanTheLimit_andAQuickClientIsAnswered(@TempDir Path folder)
      throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (RunningServer server = start(folder, RunningServer.maxHeld(800_000), null)) {
      for (int i = 0; i < 20; i++) {
        slow.add(server.connect());
        slow.get(i).getOutputStream().write(clientHello());
      }
      String unused = RunningServer.readAll(slow.get(0));
      assertThat(server.metrics.text()).contains("reason=\"slow-client\"}");
      assertThat(get(server, "/open", null).statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static byte[] clientHello() throws Exception {
    SSLEngine client = certificates.context(null).createSSLEngine("127.0.0.1", 1);
    client.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    client.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  @Test
  void clientHello_tooLarge_isRefusedEarly(@TempDir Path folder) throws Exception {
    byte[] hello = new byte[5 + 4 + 64];
    hello[0] = 0x16;
    hello[1] = 3;
    hello[2] = 1;
    hello[4] = 68;
    hello[5] = 1;
    hello[6] = 0x7f;
    try (RunningServer server = start(folder, EdgeLimits.STANDARD, null);
        Socket socket = server.connect()) {
      socket.getOutputStream().write(hello);
      await().until(() -> server.metrics.text().contains("reason=\"failed\"}"));
    }
  }

  @Test
  void files_notPem_areNamedInTheError(@TempDir Path folder) throws Exception {
    Path key = Files.writeString(folder.resolve("no.key"), "nothing");
    assertThatThrownBy(
            () ->
                new RunningServer(
                    folder,
                    EdgeLimits.STANDARD,
                    RunningServer.noChannel(),
                    new TlsFiles(certificates.serverCertificate(), key, null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no.key")
        .hasMessageContaining("PKCS#8");
  }

  private static RunningServer start(Path folder, EdgeLimits limits, @Nullable Path clientCa)
      throws Exception {
    return new RunningServer(
        folder,
        limits,
        RunningServer.noChannel(),
        new TlsFiles(certificates.serverCertificate(), certificates.serverKey(), clientCa));
  }

  private static HttpResponse<byte[]> get(
      RunningServer server, String path, @Nullable String client) throws Exception {
    URI uri = URI.create(server.uri(path).toString().replace("http:", "https:"));
    return HttpClient.newBuilder()
        .sslContext(certificates.context(client))
        .build()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
