package whorl.agent.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTest {
  @TempDir Path root;

  @Test
  void v2InACgroupNamespace_isReadFromTheMount() throws IOException {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/memory.max", "536870912\n");
    file("sys/fs/cgroup/memory.current", "200000000\n");
    file("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 50000000\n");

    Cgroup cgroup = Cgroup.of(root);

    assertThat(cgroup.limitBytes()).isEqualTo(536870912);
    assertThat(cgroup.headroomBytes()).isEqualTo(536870912 - 200000000 + 50000000);
  }

  @Test
  void v1_withItsOwnPath_isReadThere() throws IOException {
    file("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/abc\n");
    file("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1000\n");
    file("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "400\n");

    assertThat(Cgroup.of(root).headroomBytes()).isEqualTo(600);
  }

  @Test
  void noLimit_isMinusOne() throws IOException {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/memory.max", "max\n");
    file("sys/fs/cgroup/memory.current", "5\n");

    assertThat(Cgroup.of(root).limitBytes()).isEqualTo(-1);
    assertThat(Cgroup.of(root).headroomBytes()).isEqualTo(-1);
  }

  @Test
  void noMount_isMinusOne() {
    assertThat(Cgroup.of(root).limitBytes()).isEqualTo(-1);
  }

  private void file(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
