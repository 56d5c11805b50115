package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.VersionOrder;
import whorl.evidence.library.VersionRange;

/** Patterns of hunts, and what jars call their versions. */
class QuestionsFuzzTest {
  private static final int LENGTH_MAX = 60;

  /** A pattern, a line break, and a text. */
  @FuzzTest
  void anyPattern_matchesAsTheExpressionDoes(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (end < 0 || text.length() > LENGTH_MAX || text.chars().filter(c -> c == '*').count() > 5) {
      return;
    }
    StringBuilder expression = new StringBuilder();
    for (char c : text.substring(0, end).toCharArray()) {
      expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    Pattern same = Pattern.compile(expression.toString(), Pattern.DOTALL);
    String name = text.substring(end + 1);

    assertThat(new Glob(text.substring(0, end)).matches(name))
        .isEqualTo(same.matcher(name).matches());
  }

  @FuzzTest
  void anyVersions_haveAnOrder(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    String[] parts = text.split("\n", 3);
    String one = parts[0];
    String other = parts.length > 1 ? parts[1] : "1.0-rc1";
    assertThat(VersionOrder.MAVEN.compare(one, one)).isZero();
    assertThat(VersionOrder.MAVEN.compare(one, other))
        .isEqualTo(-VersionOrder.MAVEN.compare(other, one));
    try {
      VersionRange.of(one).contains(other);
      LibraryPattern.of(other);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank().doesNotContain("\n");
    }
  }
}
