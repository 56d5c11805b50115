package whorl.agent.capture.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.Captures;
import whorl.agent.capture.FakeRoot;
import whorl.agent.capture.RecordedOutput;

class NetworkSourceTest {
  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

  @TempDir Path root;
  private final RecordedOutput out = new RecordedOutput();

  @Test
  void collect_tables_areDecodedAndJoinedToDescriptors() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/net/tcp",
                HEAD
                    + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000"
                    + " 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0\n"
                    + "   1: 0200000A:C350 FEA9FEA9:0050 01 00000000:00000000 00:00000000"
                    + " 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1\n"
                    + "   2: 0200000A:C351 0100000A:0050 06 00000000:00000000 03:00001234"
                    + " 00000000     0        0 0 3 0000000000000000\n")
            .file(
                "proc/self/net/tcp6",
                HEAD
                    + "   0: 0000000000000000FFFF00000100007F:1F91"
                    + " 00000000000000000000000001000000:1F92 01 00000000:00000000 00:00000000"
                    + " 00000000  1000        0 4713 1 0000000000000000 100 0 0 10 0\n")
            .file(
                "proc/self/net/udp",
                HEAD
                    + "  10: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000"
                    + " 00000000     0        0 4714 2 0000000000000000 0\n")
            .file(
                "proc/self/net/unix",
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                    + "0000000000000000: 00000002 00000000 00010000 0001 01 4715 /run/a b\"c.sock\n"
                    + "0000000000000000: 00000003 00000000 00000000 0002 03 4716\n"
                    + "injected by a line feed in a path\n")
            .link("proc/self/fd/5", "socket:[4711]")
            .link("proc/self/fd/6", "socket:[4711]")
            .link("proc/self/fd/7", "pipe:[4712]");

    source(fake).collect(Captures.context("network"), out);

    List<JsonNode> lines = out.lines(NetworkSource.NAME);
    assertThat(lines).hasSize(8);
    JsonNode listening = lines.get(0);
    assertThat(listening.get("protocol").asText()).isEqualTo("tcp");
    assertThat(listening.get("state").asText()).isEqualTo("LISTEN");
    assertThat(listening.get("localAddress").asText()).isEqualTo("127.0.0.1");
    assertThat(listening.get("localPort").asInt()).isEqualTo(8080);
    assertThat(listening.get("uid").asInt()).isEqualTo(1000);
    assertThat(listening.get("fds").toString()).isEqualTo("[5,6]");
    JsonNode metadata = lines.get(1);
    assertThat(metadata.get("remoteAddress").asText()).isEqualTo("169.254.169.254");
    assertThat(metadata.get("remotePort").asInt()).isEqualTo(80);
    assertThat(metadata.get("state").asText()).isEqualTo("ESTABLISHED");
    assertThat(metadata.get("fds")).isEmpty();
    assertThat(lines.get(2).get("state").asText()).isEqualTo("TIME_WAIT");
    assertThat(lines.get(3).get("localAddress").asText()).isEqualTo("127.0.0.1");
    assertThat(lines.get(3).get("remoteAddress").asText()).isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(lines.get(4).get("state").asText()).isEqualTo("UNCONNECTED");
    assertThat(lines.get(5).get("path").asText()).isEqualTo("/run/a b\"c.sock");
    assertThat(lines.get(5).get("state").asText()).isEqualTo("LISTEN");
    assertThat(lines.get(6).get("type").asText()).isEqualTo("datagram");
    assertThat(lines.get(7).get("raw").asText()).startsWith("injected");
    assertThat(out.log).anyMatch(line -> line.contains("no table raw"));
  }

  @Test
  void collect_bigEndian_reversesAddresses() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/net/tcp",
                HEAD
                    + "   0: 7F000001:1F90 00000000:0000 0A 00000000:00000000 00:00000000"
                    + " 00000000  1000        0 4711 1\n");

    new NetworkSource(fake.proc(), ByteOrder.BIG_ENDIAN).collect(Captures.context("network"), out);

    assertThat(out.lines(NetworkSource.NAME).get(0).get("localAddress").asText())
        .isEqualTo("127.0.0.1");
  }

  @Test
  void collect_withoutProc_reportsItAndCreatesNoArtifact() {
    assertThatThrownBy(() -> source(new FakeRoot(root)).collect(Captures.context("network"), out))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("proc/self/net/tcp");
    assertThat(out.artifacts).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void collect_realSocket_isFoundWithItsDescriptor() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      new NetworkSource(new ProcFs(Path.of("/")), ByteOrder.nativeOrder())
          .collect(Captures.context("network"), out);

      assertThat(out.lines(NetworkSource.NAME))
          .anySatisfy(
              line -> {
                assertThat(line.path("localPort").asInt()).isEqualTo(server.getLocalPort());
                assertThat(line.path("localAddress").asText()).isEqualTo("127.0.0.1");
                assertThat(line.path("state").asText()).isEqualTo("LISTEN");
                assertThat(line.path("fds")).hasSize(1);
              });
    }
  }

  private static NetworkSource source(FakeRoot fake) {
    return new NetworkSource(fake.proc(), ByteOrder.LITTLE_ENDIAN);
  }
}
