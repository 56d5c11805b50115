package whorl.agent.capture.kernel;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.Reason;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the sockets of the container's network namespace in {@code network.ndjson}, joined to
 * this process's descriptors.
 */
public final class NetworkSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("network.ndjson");

  private static final long MAX_BYTES = 32L << 20;
  private static final List<String> INET = List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6");

  private final ProcFs proc;
  private final FdTable fds;
  private final SocketLine socketLine;

  public NetworkSource(ProcFs proc, ByteOrder order) {
    this.proc = proc;
    this.fds = new FdTable(proc);
    this.socketLine = new SocketLine(order);
  }

  @Override
  public String kind() {
    return ArtifactKind.NETWORK;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    Map<Long, List<Integer>> fdsByInode = fdsByInode(out);
    proc.lines("proc/self/net/tcp", 1);
    try (JsonLines lines = new JsonLines(NAME, out, MAX_BYTES)) {
      for (String table : INET) {
        table(table, out, line -> lines.write(socketLine.inet(table, line, fdsByInode)));
      }
      table("unix", out, line -> lines.write(socketLine.unix(line, fdsByInode)));
    }
  }

  @FunctionalInterface
  private interface Row {
    void row(String line) throws IOException;
  }

  private void table(String table, ArtifactOutput out, Row row) throws IOException {
    boolean[] head = {true};
    String path = "proc/self/net/" + table;
    try {
      proc.lines(path, 1);
    } catch (IOException absent) {
      out.log(NAME + ": no table " + table + ": " + Reason.of(absent));
      return;
    }
    proc.lines(
        path,
        line -> {
          if (!head[0] && !line.isBlank()) {
            row.row(line);
          }
          head[0] = false;
          return true;
        });
  }

  private Map<Long, List<Integer>> fdsByInode(ArtifactOutput out) {
    Map<Long, List<Integer>> byInode = new HashMap<>();
    try {
      for (int fd : fds.numbers()) {
        String target = fds.target(fd);
        Long inode = target != null && target.startsWith("socket:") ? FdTable.inode(target) : null;
        if (inode != null) {
          byInode.computeIfAbsent(inode, key -> new ArrayList<>(1)).add(fd);
        }
      }
    } catch (IOException e) {
      out.log(NAME + ": not joined to descriptors: " + Reason.of(e));
    }
    return byInode;
  }
}
