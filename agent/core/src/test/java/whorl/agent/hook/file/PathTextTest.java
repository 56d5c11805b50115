package whorl.agent.hook.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTextTest {
  private final PathText paths = new PathText("/srv/app");

  @ParameterizedTest
  @CsvSource({
    "/etc/shadow,/etc/shadow",
    "/srv//invoices/./a/,/srv/invoices/a",
    "/dev/fd/../environ,/dev/fd/../environ",
    "/../../../etc/shadow,/../../../etc/shadow",
    "/tmp/,/tmp",
    "/,/",
    "logs/today.log,/srv/app/logs/today.log",
    "../../etc/shadow,/srv/app/../../etc/shadow",
    "/tmp/.hidden,/tmp/.hidden",
    "/tmp/a..b/c,/tmp/a..b/c",
  })
  void of_anyForm_isAbsolute_andKeepsDotDot(String given, String expected) {
    assertThat(paths.of(given)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/../b,true",
    "/a/..,true",
    "/..,true",
    "/a/..b/c,false",
    "/a/...,false",
    "/a/..b/..,true",
    "/.a/b,false",
  })
  void hasDotDot_onlyAsAWholePart(String path, boolean climbs) {
    assertThat(PathText.hasDotDot(path)).isEqualTo(climbs);
  }

  @Test
  void withoutDotDot_usesTheTextOnly() {
    assertThat(PathText.withoutDotDot("/srv/x/../../etc/shadow")).isEqualTo("/etc/shadow");
    assertThat(PathText.withoutDotDot("/../..")).isEqualTo("/");
  }

  @Test
  void of_fileAndPathOfTheJdk_areTheirText() {
    assertThat(paths.of(new File("a/b"))).isEqualTo("/srv/app/a/b");
    assertThat(paths.of(Path.of("/a/b"))).isEqualTo("/a/b");
    assertThat(paths.of(null)).isNull();
    assertThat(PathText.below("x".getBytes(StandardCharsets.UTF_8))).isEqualTo("…/x");
  }

  @Test
  void of_anotherClass_callsNoneOfItsMethods() {
    Object liar =
        new File("/etc/shadow") {
          @Override
          public String toString() {
            throw new AssertionError("called");
          }
        };

    assertThat(paths.of(liar)).contains("PathTextTest");
  }
}
