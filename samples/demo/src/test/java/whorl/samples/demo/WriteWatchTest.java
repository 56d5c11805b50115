package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WriteWatchTest {
  @Test
  void writableMounts_ofAReadOnlyContainer_areItsTmpfsAlone() {
    List<String> lines =
        List.of(
            "717 607 0:53 / / ro,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w",
            "718 717 0:57 / /tmp rw,nosuid,nodev,relatime - tmpfs tmpfs rw,size=1024k,mode=777",
            "719 717 0:58 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw",
            "720 717 0:59 / /dev rw,nosuid,noexec - tmpfs tmpfs rw,size=65536k,mode=755",
            "721 720 0:60 / /dev/pts rw,nosuid,noexec - devpts devpts rw,gid=5,mode=620",
            "722 717 254:0 /app.jar /app/heap-app.jar ro,relatime - ext4 /dev/vda rw",
            "723 720 0:61 / /dev/shm rw,nosuid - tmpfs shm ro,size=64000k");

    assertThat(WriteWatch.writableMounts(lines)).containsExactly("/dev", "/tmp");
  }
}
