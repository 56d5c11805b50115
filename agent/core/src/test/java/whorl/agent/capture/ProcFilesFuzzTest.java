package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import whorl.agent.capture.kernel.Cgroups;
import whorl.agent.capture.kernel.FdTable;
import whorl.agent.capture.kernel.Mounts;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.capture.kernel.SocketLine;
import whorl.agent.environment.ContainerTraces;

/** The kernel's files contain foreign names: each line is decoded or kept unchanged. */
class ProcFilesFuzzTest {
  @FuzzTest
  void socketLine_isDecodedOrKept(byte[] input) {
    String line = text(input);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      SocketLine lines = new SocketLine(order);
      for (String protocol : List.of("tcp", "udp6")) {
        check(lines.inet(protocol, line, Map.of()), line);
      }
      check(lines.unix(line, Map.of()), line);
    }
  }

  @FuzzTest
  void mountinfo_isMountsAndNothingElse(byte[] input) throws IOException {
    Path root = Files.createTempDirectory("root");
    Path folder = Files.createDirectories(root.resolve("proc/self"));
    Path file = folder.resolve("mountinfo");
    Path group = folder.resolve("cgroup");
    try {
      Files.write(file, input);
      Files.write(group, input);
      ProcFs proc = new ProcFs(root);
      List<Mounts.Mount> mounts = Mounts.read(proc);
      long lines = text(input).chars().filter(c -> c == '\n').count() + 1;
      assertThat((long) mounts.size()).isLessThanOrEqualTo(lines);
      Cgroups.Reading reading = new Cgroups(proc).read(mounts);
      assertThat((long) reading.groups().size()).isLessThanOrEqualTo(lines);
      ContainerTraces.Found found =
          ContainerTraces.find(
              reading.groups().stream().map(Cgroups.Group::path).toList(),
              mounts.stream()
                  .map(mount -> new ContainerTraces.Mounted(mount.root(), mount.mountPoint()))
                  .toList());
      assertThat(found.id() == null || found.id().matches("[0-9a-f]{64}")).isTrue();
    } finally {
      for (Path each : List.of(file, group, folder, folder.getParent(), root)) {
        Files.delete(each);
      }
    }
  }

  @FuzzTest
  void linkOfADescriptor_hasAnInodeOrNone(byte[] input) {
    String target = text(input);
    Long inode = FdTable.inode(target);
    if (inode != null) {
      assertThat(target).endsWith("]").contains(":[");
    }
  }

  private static void check(SocketLine.Socket socket, String line) {
    if (socket.inode() == null) {
      assertThat(socket.raw()).isEqualTo(line);
    } else {
      assertThat(socket.raw()).isNull();
      Integer port = socket.localPort();
      assertThat(port == null || port >= 0 && port <= 0xFFFF).isTrue();
    }
  }

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }
}
