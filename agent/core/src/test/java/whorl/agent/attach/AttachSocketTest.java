package whorl.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attach protocol, spoken to a socket that answers as HotSpot does. */
class AttachSocketTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long PID = 7;

  @TempDir Path folder;
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(folder.resolve(".java_pid" + PID)));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void request_isOfVersion1_withThreeArguments() throws Exception {
    answer("0\nreturn code: 0\n");

    AttachSocket.Answer answer = socket().execute(LIMIT, "load", "instrument", "false", "/a.jar=b");

    assertThat(answer).isEqualTo(new AttachSocket.Answer(0, "return code: 0\n"));
    assertThat(requests.take()).isEqualTo("1\0load\0instrument\0false\0/a.jar=b\0");
  }

  @Test
  void fewerArguments_arePadded() throws Exception {
    answer("0\nJDK 21\n");

    assertThat(socket().run("VM.version")).isEqualTo("JDK 21");
    assertThat(requests.take()).isEqualTo("1\0jcmd\0VM.version\0\0\0");
  }

  @Test
  void versionRefused_isAskedAgainInVersion2() throws Exception {
    answer("101\nv1 is unsupported\n", "0\ndone");

    assertThat(socket().execute(LIMIT, "jcmd", "VM.version").text()).isEqualTo("done");
    assertThat(requests.take()).startsWith("1\0");
    assertThat(requests.take()).isEqualTo("2\0" + "18\0" + "jcmd\0VM.version\0\0\0");
  }

  @Test
  void connectionClosedWithoutAnswer_isSilent() throws Exception {
    answer("");

    assertThat(socket().execute(LIMIT, "jcmd", "VM.version").silent()).isTrue();
  }

  @Test
  void failure_isAnExceptionOfRun() throws Exception {
    answer("1\nno such command\n");

    assertThatThrownBy(() -> socket().run("X")).hasMessage("HotSpot answers 1: no such command");
  }

  @Test
  void jvmThatDoesNotAnswer_isGivenUp() {
    assertThatThrownBy(() -> socket().execute(Duration.ofMillis(300), "jcmd", "VM.version"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not answer within");
  }

  @Test
  void socketFileOfAJvmThatIsGone_doesNotListen() throws Exception {
    assertThat(socket().listens()).isTrue();

    server.close();

    assertThat(socket().listens()).isFalse();
  }

  /** The kernel names the socket as it was bound; HotSpot renames the file afterwards. */
  @Test
  void socketOfAnotherProcess_isForeign() throws Exception {
    Path process = Files.createDirectories(folder.resolve("proc/7"));
    Files.createDirectories(process.resolve("net"));
    Path descriptors = Files.createDirectories(process.resolve("fd"));
    Files.writeString(
        process.resolve("net/unix"),
        "Num RefCount Protocol Flags Type St Inode Path\n"
            + "0: 00000002 00000000 00010000 0001 01 4711 /tmp/.java_pid7.tmp\n");
    AttachSocket socket = AttachSocket.of(process, folder, PID);

    assertThat(socket.foreign()).contains("belongs to another JVM");

    Files.createSymbolicLink(descriptors.resolve("5"), Path.of("socket:[4711]"));
    assertThat(socket.foreign()).isNull();
  }

  private AttachSocket socket() {
    return AttachSocket.of(folder.resolve("no-such-process"), folder, PID);
  }

  /** Answers one connection after the other, and keeps what was asked. */
  private void answer(String... answers) {
    Thread thread =
        new Thread(
            () -> {
              for (String answer : List.of(answers)) {
                try (SocketChannel client = server.accept()) {
                  ByteBuffer asked = ByteBuffer.allocate(2_000);
                  client.read(asked);
                  requests.add(
                      new String(asked.array(), 0, asked.position(), StandardCharsets.UTF_8));
                  client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                } catch (IOException closed) {
                  return;
                }
              }
            },
            "fake-jvm");
    thread.setDaemon(true);
    thread.start();
  }
}
