package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Regular expressions of rules run in the application's threads: each is refused or ends soon. */
class RegexFuzzTest {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final List<String> TEXTS =
      List.of("", "a", "aA0 _\n".repeat(20), "a".repeat(RegexTest.MAX_CHARS), "&=".repeat(4_000));

  @FuzzTest
  void anyExpression_isRefusedOrEnds(byte[] input) {
    String expression = new String(input, StandardCharsets.UTF_8);
    RegexTest test;
    try {
      test = new RegexTest(expression, 0, new LongAdder());
    } catch (RuleRefused refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    for (String text : TEXTS) {
      long began = System.nanoTime();
      boolean unused = test.test(text);
      assertThat(System.nanoTime() - began).isLessThan(LONG_NANOS);
    }
  }
}
