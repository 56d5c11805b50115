package whorl.agent.hook.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTextTest {
  private final PathText paths = new PathText("/srv/app");

  @ParameterizedTest
  @CsvSource({
    "/etc/shadow,/etc/shadow",
    "/srv/invoices/../../proc//self/./environ,/proc/self/environ",
    "/../../../etc/shadow,/etc/shadow",
    "/tmp/,/tmp",
    "/,/",
    "logs/today.log,/srv/app/logs/today.log",
    "../../etc/shadow,/etc/shadow",
    "/tmp/.hidden,/tmp/.hidden",
    "/tmp/a..b/c,/tmp/a..b/c",
  })
  void of_whateverTheSpelling_isAbsoluteAndPlain(String given, String expected) {
    assertThat(paths.of(given)).isEqualTo(expected);
  }

  @Test
  void of_fileAndPath_areTheirText() {
    assertThat(paths.of(new File("a/b"))).isEqualTo("/srv/app/a/b");
    assertThat(paths.of(Path.of("/a/../b"))).isEqualTo("/b");
    assertThat(paths.of(null)).isNull();
  }
}
