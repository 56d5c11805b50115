package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.agent.hunt.HuntFixture.NOW;
import static whorl.agent.hunt.HuntFixture.connection;
import static whorl.agent.hunt.HuntFixture.event;
import static whorl.agent.hunt.HuntFixture.look;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.capture.FakeRoot;
import whorl.agent.capture.kernel.OpenSockets;
import whorl.agent.capture.kernel.ProcFs;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntRow;

class ConnectionHuntTest {
  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

  @TempDir Path root;
  private final List<AgentEvent> events = new ArrayList<>();
  private ConnectionHunt hunt;

  @BeforeEach
  void open() throws IOException {
    FakeRoot fake =
        new FakeRoot(root)
            .file(
                "proc/self/net/tcp",
                HEAD
                    + line(0, "0200000A:C350", "077100CB:01BB", 4711)
                    + line(1, "0200000A:C351", "077100CB:01BB", 4712)
                    + line(2, "0200000A:C352", "0100000A:0050", 4713))
            .link("proc/self/fd/5", "socket:[4711]")
            .link("proc/self/fd/6", "socket:[4713]");
    hunt =
        new ConnectionHunt(
            () -> events,
            new OpenSockets(fake.proc(), ByteOrder.LITTLE_ENDIAN),
            () -> NOW,
            text -> text.replace("hunter2", "***"));
  }

  private static String line(int number, String local, String remote, int inode) {
    return "   "
        + number
        + ": "
        + local
        + " "
        + remote
        + " 01 00000000:00000000 00:00000000 00000000  1000        0 "
        + inode
        + " 1 0000000000000000 20 4 30 10 -1\n";
  }

  @Test
  void address_findsOpenSocketsOfThisProcess_andPastConnections() throws Exception {
    events.add(
        event(1, 60, EventType.SOCKET_CONNECT, "evil.example", "203.0.113.7", 443, "tcp", false));
    events.add(event(2, 50, EventType.SOCKET_CONNECT, "db", "10.0.0.1", 80, "tcp", false));

    HuntAnswer answer = look(hunt, connection("203.0.113.0/24", null, null));

    assertThat(answer.rows())
        .extracting(HuntRow::what)
        .containsExactly("open: tcp 203.0.113.7:443", "connected: evil.example:443");
    assertThat(answer.rows().get(0).fields())
        .containsEntry("state", "ESTABLISHED")
        .containsEntry("localPort", 50_000);
    assertThat(answer.notes())
        .anyMatch(note -> note.startsWith("1 more such sockets in this container"));
  }

  @Test
  void host_findsTheAddressesThatItHad() throws Exception {
    events.add(
        event(
            1,
            60,
            EventType.DNS_LOOKUP,
            "cdn.Evil.example",
            List.of("203.0.113.7", "203.0.113.8")));

    HuntAnswer answer = look(hunt, connection(null, "*.evil.example", null));

    assertThat(answer.rows())
        .extracting(HuntRow::what)
        .containsExactly("open: tcp 203.0.113.7:443", "looked up: cdn.Evil.example");
  }

  @Test
  void port_mustMatchToo() throws Exception {
    events.add(event(1, 60, EventType.SOCKET_ACCEPT, "203.0.113.7", 40_000, 8080));

    assertThat(look(hunt, connection("203.0.113.7", null, 444)).rows()).isEmpty();
    assertThat(look(hunt, connection("203.0.113.7", null, 40_000)).rows())
        .extracting(HuntRow::what)
        .containsExactly("accepted: 203.0.113.7:40000");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void ownConnection_isFoundInTheKernelsTables() throws Exception {
    hunt =
        new ConnectionHunt(
            () -> events,
            new OpenSockets(new ProcFs(Path.of("/")), ByteOrder.nativeOrder()),
            () -> NOW,
            text -> text);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      assertThat(client.isConnected()).isTrue();

      HuntAnswer answer = look(hunt, connection("127.0.0.0/8", null, server.getLocalPort()));

      assertThat(answer.rows())
          .extracting(row -> row.fields().get("localPort"))
          .contains(client.getLocalPort());
    }
  }

  @Test
  void secretInAName_isNotFoundOutByPatterns() throws Exception {
    events.add(
        event(
            1,
            60,
            EventType.SOCKET_CONNECT,
            "hunter2.example.org",
            "203.0.113.9",
            443,
            "tcp",
            false));

    assertThat(look(hunt, connection(null, "*.example.org", null)).rows()).hasSize(1);
    for (String guess : List.of("h*", "hunter2.*", "*2.example.org")) {
      assertThat(look(hunt, connection(null, guess, null)).matched()).as(guess).isZero();
    }
  }

  @Test
  void notAnAddress_isRefused() {
    assertThatThrownBy(() -> look(hunt, connection("10.0.0.0/99", null, null)))
        .isInstanceOf(HuntRefusedException.class)
        .hasMessageContaining("10.0.0.0/99");
  }
}
