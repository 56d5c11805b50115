package whorl.agent.capture.kernel;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.agent.capture.kernel.SocketLine.Socket;

/** Reads the Internet sockets of the network namespace, joined to this process's descriptors. */
public final class OpenSockets {
  private static final List<String> TABLES = List.of("tcp", "tcp6", "udp", "udp6");

  private final ProcFs proc;
  private final FdTable fds;
  private final SocketLine socketLine;

  public OpenSockets(ProcFs proc, ByteOrder order) {
    this.proc = proc;
    this.fds = new FdTable(proc);
    this.socketLine = new SocketLine(order);
  }

  /** Receives sockets. */
  @FunctionalInterface
  public interface Reader {
    /** Returns false to stop. */
    boolean socket(Socket socket);
  }

  /**
   * Passes on each socket; a line that cannot be decoded is left out.
   *
   * @throws IOException if the kernel shows no sockets here
   */
  public void each(Reader reader) throws IOException {
    Map<Long, List<Integer>> fdsByInode = fdsByInode();
    boolean[] goesOn = {true};
    boolean any = false;
    IOException failed = null;
    for (String table : TABLES) {
      boolean[] head = {true};
      try {
        proc.lines(
            "proc/self/net/" + table,
            line -> {
              if (!head[0] && !line.isBlank()) {
                Socket socket = socketLine.inet(table, line, fdsByInode);
                goesOn[0] = socket.raw() != null || reader.socket(socket);
              }
              head[0] = false;
              return goesOn[0];
            });
        any = true;
      } catch (IOException absent) { // without IPv6 there is no table of it
        failed = absent;
      }
      if (!goesOn[0]) {
        return;
      }
    }
    if (!any && failed != null) {
      throw failed;
    }
  }

  private Map<Long, List<Integer>> fdsByInode() throws IOException {
    Map<Long, List<Integer>> byInode = new HashMap<>();
    for (int fd : fds.numbers()) {
      String target = fds.target(fd);
      Long inode = target != null && target.startsWith("socket:") ? FdTable.inode(target) : null;
      if (inode != null) {
        byInode.computeIfAbsent(inode, key -> new ArrayList<>(1)).add(fd);
      }
    }
    return byInode;
  }
}
