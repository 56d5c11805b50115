package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.SyslogSettings.Transport;
import whorl.collector.testkit.TestAuthority;

/** Syslog by each transport, read as RFC 5424 and 5425 describe. */
@Timeout(60)
class SyslogTargetTest {
  private static final Pattern LINE =
      Pattern.compile(
          "<(\\d{1,3})>1 (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) ((?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+|-)"
              + " \uFEFF(.*)",
          Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile(" ([^ =]+)=\"((?:[^\"\\\\\\]]|\\\\.)*)\"");

  @TempDir private Path folder;
  private final BlockingQueue<byte[]> connections = new LinkedBlockingQueue<>();

  private void serve(ServerSocket server) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  ByteArrayOutputStream all = new ByteArrayOutputStream();
                  InputStream in = socket.getInputStream();
                  byte[] some = new byte[512];
                  for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    all.write(some, 0, read);
                  }
                  connections.add(all.toByteArray());
                } catch (IOException e) {
                  // a client that does not trust us, or the end of the test
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static SyslogSettings settings(Transport transport, int port, Path ca) {
    return new SyslogSettings("localhost", port, transport, 10, ca, true);
  }

  /** The frames of RFC 5425, 4.3. */
  private static List<String> frames(byte[] bytes) {
    List<String> frames = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int space = at;
      while (bytes[space] != ' ') {
        space++;
      }
      int length = Integer.parseInt(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
      frames.add(new String(bytes, space + 1, length, StandardCharsets.UTF_8));
      at = space + 1 + length;
    }
    return frames;
  }

  private static Map<String, String> parameters(String data) {
    Map<String, String> values = new LinkedHashMap<>();
    Matcher each = PARAMETER.matcher(data);
    while (each.find()) {
      values.put(each.group(1), each.group(2).replaceAll("\\\\([\"\\\\\\]])", "$1"));
    }
    return values;
  }

  private static void assertIsTheMessage(String line) {
    Matcher parts = LINE.matcher(line);
    assertThat(parts.matches()).as(line).isTrue();
    assertThat(parts.group(1)).isEqualTo(Integer.toString(10 * 8 + 3));
    assertThat(parts.group(2)).isEqualTo("2026-11-30T06:00:00.123456Z");
    assertThat(parts.group(4)).isEqualTo("whorl");
    assertThat(parts.group(6)).isEqualTo("alert");
    assertThat(parameters(parts.group(7)))
        .containsEntry("id", Samples.ID.value())
        .containsEntry("rule", "rule-1")
        .containsEntry("count", "16")
        .containsEntry("request.path", "/x?\"]\\");
    assertThat(parts.group(8)).startsWith("high: A shell was started");
  }

  @Test
  void tls_hasOctetCounting_andChecksTheReceiversName() throws Exception {
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=localhost", new GeneralName(GeneralName.dNSName, "localhost"));
    Path ca =
        TestAuthority.write(
            folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded());
    try (ServerSocket server =
        authority
            .client(own)
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getByName("localhost"))) {
      serve(server);
      try (Target target = settings(Transport.TLS, server.getLocalPort(), ca).open()) {
        String answer = target.deliver(List.of(Samples.message(), Samples.message()));
        assertThat(answer).contains("TLSv1.3").contains("read to the end");
      }
      List<String> frames = frames(connections.poll(10, TimeUnit.SECONDS));
      assertThat(frames).hasSize(2);
      assertIsTheMessage(frames.get(0));

      try (Target untrusting = settings(Transport.TLS, server.getLocalPort(), null).open()) {
        assertThatThrownBy(() -> untrusting.deliver(List.of(Samples.message())))
            .isInstanceOf(IOException.class);
      }
    }
  }

  private static boolean isRefused(int port) throws IOException {
    try (Socket probe = new Socket("localhost", port)) {
      return probe.isClosed();
    } catch (ConnectException refused) {
      return true;
    }
  }

  @Test
  void tcp_isRead_andAnAbsentReceiverIsNoticed() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
      port = server.getLocalPort();
      serve(server);
      try (Target target = settings(Transport.TCP, port, null).open()) {
        target.deliver(List.of(Samples.message()));
      }
      assertIsTheMessage(frames(connections.poll(10, TimeUnit.SECONDS)).get(0));
    }
    // a thread that waits for a connection keeps a closed socket open for a moment
    await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(port));
    try (Target target = settings(Transport.TCP, port, null).open()) {
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost:" + port);
    }
  }

  @Test
  void udp_isOneDatagram() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("localhost"))) {
      socket.setSoTimeout(10_000);
      try (Target target = settings(Transport.UDP, socket.getLocalPort(), null).open()) {
        target.deliver(List.of(Samples.message()));
      }
      DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(packet);
      assertIsTheMessage(
          new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
    }
  }
}
