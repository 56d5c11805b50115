package whorl.evidence.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VersionRangeTest {
  @Test
  void contains_ofConditions() {
    assertRange("<2.17", "2.14.1 2.17-rc1 2.16.9", "2.17 2.17.0 2.17.1");
    assertRange("<= 2.17", "2.17 2.17.0 2.1", "2.17.1");
    assertRange(">=2.0 <2.17.1", "2.0 2.17.0", "2.0-rc1 1.2.17 2.17.1");
    assertRange(">=2.0,<2.17.1", "2.0 2.17.0", "2.0-rc1 1.2.17 2.17.1");
    assertRange("> 1.0 < 3 <2", "1.1", "1.0 2 2.5");
    assertRange(">1 >1.5", "1.6", "1.5 1.2");
    assertRange("2.14.1", "2.14.1 2.14.1.Final", "2.14.2 2.14");
    assertRange("=5.3.9", "5.3.9 5.3.9.RELEASE", "5.3.10");
  }

  @Test
  void contains_ofIntervals() {
    assertRange("[2.0,2.17)", "2.0 2.16", "2.17 1.9");
    assertRange("(2.0, 2.17]", "2.0.1 2.17", "2.0 2.18");
    assertRange("(,1.0],[1.2,)", "0.1 1.0 1.2 9", "1.1 1.0.1");
    assertRange("[1.5]", "1.5 1.5.0", "1.5.1");
    assertRange("(,)", "1 0-alpha", "");
  }

  @Test
  void of_somethingElse_saysWhatARangeLooksLike() {
    for (String text :
        new String[] {
          "",
          " ",
          "<",
          ">=<2",
          "2.*",
          "[1.0",
          "[1,2],",
          "(1.0)",
          "=>2",
          "[1,2,3",
          "1 )",
          "1".repeat(300),
          "[1,2]x",
          "< \u0007"
        }) {
      assertThatThrownBy(() -> VersionRange.of(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("like <2.17");
    }
  }

  @Test
  void matches_ofPatterns() {
    LibraryEntry log4j =
        new LibraryEntry(
            "/x.jar",
            LibraryKind.JAR,
            "org.apache.logging.log4j",
            "log4j-core",
            "2.14.1",
            NameSource.POM,
            null,
            1,
            false,
            null);
    for (String yes :
        new String[] {
          "log4j-core",
          "log4j*",
          "*",
          "org.apache.logging.log4j:log4j-core",
          "org.apache.*:log4j-core",
          "org.apache.logging.log4j:*"
        }) {
      assertThat(LibraryPattern.of(yes).matches(log4j)).as(yes).isTrue();
    }
    for (String no : new String[] {"log4j", "org.apache:log4j-core", "org.x*:*", "core"}) {
      assertThat(LibraryPattern.of(no).matches(log4j)).as(no).isFalse();
    }
    for (String bad : new String[] {"", ":", "a:b:c", "*core", "a*b", "x:"}) {
      assertThatThrownBy(() -> LibraryPattern.of(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("like log4j-core");
    }
  }

  private static void assertRange(String range, String inside, String outside) {
    VersionRange parsed = VersionRange.of(range);
    for (String version : inside.split(" ")) {
      assertThat(parsed.contains(version)).as(version + " in " + range).isTrue();
    }
    for (String version : outside.isEmpty() ? new String[0] : outside.split(" ")) {
      assertThat(parsed.contains(version)).as(version + " in " + range).isFalse();
    }
  }
}
