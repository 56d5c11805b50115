package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import whorl.rules.parse.Modifiers;

/** The check of a value's last and second character skips only tests that would fail anyway. */
class AnyOfTest {
  private static final int ROUNDS = 20_000;
  // The Kelvin sign and the long s are other cases of two of the letters.
  private static final String LETTERS = "kKsSa/.-\u212a\u017f\u00e9";

  @Test
  void test_anyListAndValue_equalsTestingOneByOne() {
    Random random = new Random(7);
    int passed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<ValueTest> tests = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        WildcardText text = WildcardText.literal(text(random, 1 + random.nextInt(3)));
        Modifiers.Shape[] shapes = Modifiers.Shape.values();
        tests.add(
            new TextTest(shapes[random.nextInt(shapes.length)].around(text), random.nextBoolean()));
      }
      String value = text(random, random.nextInt(5));

      boolean oneByOne = tests.stream().anyMatch(test -> test.test(value));

      assertThat(new AnyOf(tests).test(value))
          .as("%s in round %d", value, round)
          .isEqualTo(oneByOne);
      passed += oneByOne ? 1 : 0;
    }
    assertThat(passed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
