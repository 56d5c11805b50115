package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexLiteralTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "^/proc/[0-9]+/(environ|mem)$ /proc/",
        "abc abc",
        "ab+cdef cdef",
        "abcd?ef abc",
        "abcd*ef abc",
        "abcd{0,3}ef abc",
        "abcd+ abcd",
        "a\\.jsp\\b a.jsp",
        "\\d+/secret(?:s|ly)?/x /secret",
        "[a\\]b]longer longer",
        "(a(b[)]c)\\)d)longer longer",
        "long[a-z]longer longer",
      })
  void of_simpleExpression_isTheLongestTextOfEveryMatch(String expression, String literal) {
    assertThat(RegexLiteral.of(expression)).isEqualTo(literal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc|def",
        "(?i)abcdef",
        "(?=abc)def",
        "(x(?x) # comment)abcdef",
        "\\Qabc\\E",
        "\\p{Lu}abc",
        "\\pLabcd",
        "\\x41bcdef",
        "\\u0041bcdef",
        "abcdef\\1",
        "[a[bc]]def",
        "[^]x]longer",
        "[a\\Q]\\E]def",
        ".*",
        "[abc]+",
        "",
      })
  void of_unknownExpression_isNull(String expression) {
    assertThat(RegexLiteral.of(expression)).isNull();
  }
}
