package whorl.agent.attach;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attach socket of a JVM. It is used without {@code jdk.attach}, which a JRE lacks; for this
 * JVM itself, no permission is needed either.
 *
 * <pre>
 * version 1  "1" 0 command 0 argument 0 argument 0 argument 0
 * version 2  "2" 0 length of the rest 0 command 0 argument 0 …
 * answer     "0" LF text            a number other than 0 means failure
 * </pre>
 *
 * <p>All versions of HotSpot from 17 to 25 accept version 1; version 2 is used if a JVM refuses it.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/hotspot/os/posix/attachListener_posix.cpp">attachListener_posix.cpp</a>
 */
public final class AttachSocket {
  private static final int ANSWER_MAX_BYTES = 64 << 10;
  private static final int ARGUMENTS = 3;

  /** The code of HotSpot for a version that it does not support. */
  private static final int BAD_VERSION = 101;

  private final Path socket;
  private final String name;
  private final Path process;

  private AttachSocket(Path socket, String name, Path process) {
    this.socket = socket;
    this.name = name;
    this.process = process;
  }

  /** HotSpot always creates it in {@code /tmp}, under the process id within its own namespace. */
  public static AttachSocket ofThisJvm() {
    return of(Path.of("/proc/self"), Path.of("/tmp"), ProcessHandle.current().pid());
  }

  /**
   * The socket of a JVM.
   *
   * @param process its folder in {@code /proc}
   * @param temporary its {@code /tmp}, as a path that is valid here
   * @param innerPid its process id within its own namespace
   */
  static AttachSocket of(Path process, Path temporary, long innerPid) {
    String file = ".java_pid" + innerPid;
    return new AttachSocket(temporary.resolve(file), "/tmp/" + file, process);
  }

  /**
   * The answer of the JVM.
   *
   * @param code 0 for success; {@link #NONE} if the JVM closed the connection without an answer
   * @param text what follows, of at most 64 KiB
   */
  record Answer(int code, String text) {
    private static final int NONE = Integer.MIN_VALUE;

    boolean silent() {
      return code == NONE;
    }

    private static Answer of(String all) {
      int line = all.indexOf('\n');
      String number = (line < 0 ? all : all.substring(0, line)).strip();
      try {
        return new Answer(
            number.isEmpty() ? NONE : Integer.parseInt(number),
            line < 0 ? "" : all.substring(line + 1));
      } catch (NumberFormatException notHotSpot) {
        return new Answer(1, all);
      }
    }
  }

  /** Why it cannot be used; null if it can. */
  public @Nullable String unusable() {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return "no attach socket "
          + name
          + "; start the JVM with -XX:+StartAttachListener, without -XX:+DisableAttachMechanism"
          + " and with a writable /tmp";
    }
    return foreign();
  }

  /** That the socket belongs to another JVM; null if it does not, or if nothing shows it. */
  @Nullable String foreign() {
    try {
      Set<String> listening = inodes();
      if (!listening.isEmpty() && !owned(listening)) {
        return name + " belongs to another JVM: containers that share /tmp must not share ids";
      }
    } catch (IOException unreadable) {
      // If /proc cannot be read, the connection attempt decides.
      return null;
    }
    return null;
  }

  /** True if a JVM listens: the file alone may be what an earlier JVM left. */
  boolean listens() {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException refused) {
      return false;
    }
  }

  /**
   * Runs a diagnostic command and waits for its end.
   *
   * @return the output that {@code jcmd} would print
   * @throws IOException if the JVM does not accept it
   */
  public String run(String command) throws IOException {
    Answer answer = execute(Duration.ZERO, "jcmd", command);
    String text = oneLine(answer.text());
    if (answer.code() != 0) {
      throw new IOException(
          "HotSpot answers " + (answer.silent() ? "nothing" : answer.code() + ": " + text));
    }
    return text;
  }

  /**
   * Sends one request and waits for the whole answer.
   *
   * @param limit how long to wait; zero for no limit
   * @param command such as {@code load}, with three arguments at most
   * @throws IOException if there is no connection, or no answer within the limit
   */
  Answer execute(Duration limit, String command, String... arguments) throws IOException {
    if (arguments.length > ARGUMENTS) {
      throw new IllegalArgumentException(arguments.length + " arguments for " + command);
    }
    StringBuilder operation = new StringBuilder(command).append('\0');
    for (int i = 0; i < ARGUMENTS; i++) {
      operation.append(i < arguments.length ? arguments[i] : "").append('\0');
    }
    Answer answer = send("1\0" + operation, limit);
    if (answer.code() == BAD_VERSION) {
      int bytes = operation.toString().getBytes(StandardCharsets.UTF_8).length;
      return send("2\0" + bytes + "\0" + operation, limit);
    }
    return answer;
  }

  private Answer send(String request, Duration limit) throws IOException {
    long endNanos = System.nanoTime() + limit.toNanos();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.configureBlocking(false);
      try (Selector selector = Selector.open()) {
        channel.register(selector, SelectionKey.OP_READ);
        return answer(channel, selector, limit, endNanos);
      }
    }
  }

  private static Answer answer(
      SocketChannel channel, Selector selector, Duration limit, long endNanos) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(ANSWER_MAX_BYTES);
    while (answer.hasRemaining() && channel.read(answer) >= 0) {
      long leftMillis = 0;
      if (!limit.isZero()) {
        leftMillis = Duration.ofNanos(endNanos - System.nanoTime()).toMillis();
        if (leftMillis <= 0) {
          throw new IOException("the JVM did not answer within " + limit.toSeconds() + " s");
        }
      }
      selector.select(leftMillis);
      selector.selectedKeys().clear();
    }
    return Answer.of(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
  }

  private static String oneLine(String text) {
    return text.strip().replace('\n', ' ');
  }

  /**
   * The inodes of the sockets bound to this path, in any container. HotSpot binds the socket to
   * another name and then renames the file; the kernel goes on to list the first name.
   */
  private Set<String> inodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    for (String line : Files.readAllLines(process.resolve("net/unix"))) {
      if (line.endsWith(" " + name) || line.endsWith(" " + name + ".tmp")) {
        String[] columns = line.strip().split(" +");
        inodes.add("socket:[" + columns[columns.length - 2] + "]");
      }
    }
    return inodes;
  }

  private boolean owned(Set<String> inodes) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
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
