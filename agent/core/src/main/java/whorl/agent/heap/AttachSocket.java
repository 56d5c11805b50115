package whorl.agent.heap;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attach socket of this JVM itself, used from inside: this needs neither {@code jdk.attach} nor
 * its permission.
 *
 * <pre>
 * request    "1" 0 "jcmd" 0 command 0 0 0
 * answer     "0" LF text            a number other than 0 means failure
 * </pre>
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/hotspot/os/posix/attachListener_posix.cpp">attachListener_posix.cpp</a>
 */
final class AttachSocket {
  private static final int ANSWER_MAX_BYTES = 64 << 10;

  private final Path socket;
  private final Path proc;

  private AttachSocket(Path socket, Path proc) {
    this.socket = socket;
    this.proc = proc;
  }

  /** HotSpot always creates it in {@code /tmp}, under the process id within its own namespace. */
  static AttachSocket ofThisJvm() {
    return new AttachSocket(
        Path.of("/tmp/.java_pid" + ProcessHandle.current().pid()), Path.of("/proc/self"));
  }

  /** Why it cannot be used; null if it can. */
  @Nullable String unusable() {
    if (!Files.exists(socket)) {
      return "no attach socket "
          + socket
          + "; start the JVM with -XX:+StartAttachListener, without -XX:+DisableAttachMechanism"
          + " and with a writable /tmp";
    }
    try {
      Set<String> listening = inodes();
      if (!listening.isEmpty() && !owned(listening)) {
        return socket + " belongs to another JVM: containers that share /tmp must not share ids";
      }
    } catch (IOException unreadable) {
      // If /proc cannot be read, the connection attempt decides.
      return null;
    }
    return null;
  }

  /**
   * Runs a diagnostic command and waits for its end.
   *
   * @return the output that {@code jcmd} would print
   * @throws IOException if the JVM does not accept it
   */
  String run(String command) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String request = "1\0jcmd\0" + command + "\0\0\0";
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      String answer = answer(channel);
      int line = answer.indexOf('\n');
      String code = line < 0 ? answer : answer.substring(0, line);
      String text = line < 0 ? "" : answer.substring(line + 1);
      if (!code.strip().equals("0")) {
        throw new IOException("HotSpot answers " + code.strip() + ": " + oneLine(text));
      }
      return oneLine(text);
    }
  }

  private static String answer(SocketChannel channel) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(ANSWER_MAX_BYTES);
    while (answer.hasRemaining() && channel.read(answer) >= 0) {
      continue;
    }
    return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
  }

  private static String oneLine(String text) {
    return text.strip().replace('\n', ' ');
  }

  /** The inodes of the sockets bound to this path, in any container. */
  private Set<String> inodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    for (String line : Files.readAllLines(proc.resolve("net/unix"))) {
      if (line.endsWith(" " + socket)) {
        String[] columns = line.strip().split(" +");
        inodes.add("socket:[" + columns[columns.length - 2] + "]");
      }
    }
    return inodes;
  }

  private boolean owned(Set<String> inodes) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (inodes.contains(link(descriptor))) {
          return true;
        }
      }
    }
    return false;
  }

  private static String link(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
