package whorl.evidence.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The examples of Maven's "Version Order Specification" in the POM reference, and more. */
class VersionOrderTest {
  @Test
  void compare_ofTheSpecificationsExamples() {
    assertRising("1", "1.1");
    assertRising("1-snapshot", "1", "1-sp");
    assertRising("1-foo2", "1-foo10");
    assertSame("1.foo", "1-foo");
    assertRising("1.foo", "1-1", "1.1");
    assertSame("1.ga", "1-ga", "1-0", "1.0", "1");
    assertRising("1-ga.1", "1-sp.1");
    assertRising("1-sp", "1-sp-1", "1-ga-1", "1-1.1");
    assertSame("1-a1", "1-alpha-1");
    assertSame("1.0.0-foo.0.0", "1-foo");
    assertSame("1.0.0-0.0.0", "1", "1.", "1-", "1.final", "1.RELEASE");
    assertSame("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1");
  }

  @Test
  void compare_ofQualifiers() {
    assertRising(
        "1-alpha", "1-beta", "1-milestone", "1-rc", "1-SNAPSHOT", "1", "1-sp", "1-abc", "1-def");
    assertRising("1-alpha-1-snapshot", "1-alpha-1", "1-alpha-2", "1-alpha-123", "1-beta-2");
    assertSame("1-cr1", "1.rc-1", "1.RC1", "1.0.0-RC1");
    assertSame("1-b2", "1.beta2", "1-Beta-2");
    assertRising("1-a", "1-a-b");
    assertSame("1x", "1-x", "1_x", "1.x");
    assertRising("1-m1", "1-rc1", "1-SNAPSHOT", "1.0");
    // Without a number after it, a letter is no short form.
    assertRising("1", "1-a");
  }

  @Test
  void compare_ofRealLibraries() {
    assertRising("2.0-beta9", "2.0-rc1", "2.0", "2.0.1", "2.14.1", "2.15.0", "2.17.0", "2.17.1");
    assertRising("2.17.1", "2.100");
    assertRising("5.3.9.RELEASE", "5.3.17", "5.3.18.RELEASE", "6.0.0-M1", "6.0.0-RC1", "6.0.0");
    assertSame("5.3.9.RELEASE", "5.3.9");
    assertRising("4.1.99.Final", "4.1.100.Final");
    assertRising("31.1-android", "31.1-jre", "32.0.0-android");
    assertRising("1.4.5", "1.4.5-java7", "1.4.20");
    assertRising("9.0.0.M1", "9.0.0", "9.0.31", "10.0.0-M1");
    assertRising("20040616", "99999999999999999999", "100000000000000000000");
    assertSame("2.017", "2.17");
  }

  @Test
  void compare_ofAnything_isAnOrder() {
    String[] parts = {"1", "0", "10", ".", "-", "_", "a", "rc", "ga", "foo", "sp", "SNAPSHOT", "é"};
    Random random = new Random(7);
    List<String> versions = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StringBuilder version = new StringBuilder();
      for (int part = random.nextInt(7); part >= 0; part--) {
        version.append(parts[random.nextInt(parts.length)]);
      }
      versions.add(version.toString());
    }
    for (String one : versions) {
      assertThat(VersionOrder.MAVEN.compare(one, one)).isZero();
      for (String other : versions) {
        assertThat(VersionOrder.MAVEN.compare(one, other))
            .as(one + " and " + other)
            .isEqualTo(-VersionOrder.MAVEN.compare(other, one));
      }
    }
    // TimSort refuses what is no order.
    Collections.shuffle(versions, random);
    versions.sort(VersionOrder.MAVEN);
    for (int i = 1; i < versions.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(VersionOrder.MAVEN.compare(versions.get(j), versions.get(i)))
            .as(versions.get(j) + " and " + versions.get(i))
            .isNotPositive();
      }
    }
  }

  @Test
  void compare_ofAVeryLongVersion_isQuick() {
    String longOne = "1.".repeat(1 << 20);

    assertThat(VersionOrder.MAVEN.compare(longOne, longOne + "2")).isZero();
  }

  private static void assertRising(String... versions) {
    for (int i = 0; i < versions.length; i++) {
      for (int j = 0; j < versions.length; j++) {
        assertThat(Integer.signum(VersionOrder.MAVEN.compare(versions[i], versions[j])))
            .as(versions[i] + " and " + versions[j])
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  private static void assertSame(String... versions) {
    for (String one : versions) {
      assertThat(Arrays.stream(versions))
          .allSatisfy(
              other ->
                  assertThat(VersionOrder.MAVEN.compare(one, other))
                      .as(one + " and " + other)
                      .isZero());
    }
  }
}
