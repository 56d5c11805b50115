package whorl.rules.match;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes if one of several tests passes. Lists of texts are long, and nearly no value passes any
 * test. So tests that require a certain last or second character run only if the value has a
 * character that one of them requires.
 */
public final class AnyOf implements ValueTest {
  private final ValueTest[] others;
  private final ValueTest[] byLast;
  private final ValueTest[] bySecond;
  private final CharSet last = new CharSet();
  private final CharSet second = new CharSet();

  public AnyOf(List<ValueTest> tests) {
    List<ValueTest> lastTests = new ArrayList<>();
    List<ValueTest> secondTests = new ArrayList<>();
    List<ValueTest> otherTests = new ArrayList<>();
    for (ValueTest test : tests) {
      char[] lastChars = test instanceof TextTest text ? text.lastChars() : null;
      char[] secondChars = test instanceof TextTest text ? text.secondChars() : null;
      if (lastChars != null) {
        last.add(lastChars);
        lastTests.add(test);
      } else if (secondChars != null) {
        second.add(secondChars);
        secondTests.add(test);
      } else {
        otherTests.add(test);
      }
    }
    byLast = lastTests.toArray(new ValueTest[0]);
    bySecond = secondTests.toArray(new ValueTest[0]);
    others = otherTests.toArray(new ValueTest[0]);
  }

  @Override
  public boolean test(Object value) {
    if (byLast.length > 0 || bySecond.length > 0) {
      String text = ValueTest.text(value);
      int length = text.length();
      if (length > 0 && last.mayContain(text.charAt(length - 1)) && any(byLast, value)) {
        return true;
      }
      if (length > 1 && second.mayContain(text.charAt(1)) && any(bySecond, value)) {
        return true;
      }
    }
    return any(others, value);
  }

  private static boolean any(ValueTest[] tests, Object value) {
    for (ValueTest test : tests) {
      if (test.test(value)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable List<String> needs() {
    List<String> needs = new ArrayList<>();
    for (ValueTest[] tests : List.of(byLast, bySecond, others)) {
      for (ValueTest test : tests) {
        List<String> testNeeds = test.needs();
        if (testNeeds == null) {
          return null;
        }
        needs.addAll(testNeeds);
      }
    }
    return needs;
  }

  @Override
  public long cost() {
    long cost = (byLast.length > 0 ? 2 : 0) + (bySecond.length > 0 ? 2 : 0);
    for (ValueTest test : others) {
      cost += test.cost();
    }
    return cost;
  }

  /**
   * A set of ASCII characters. Any other character may be another case of one of them, so it counts
   * as contained.
   */
  private static final class CharSet {
    private long low;
    private long high;

    void add(char[] chars) {
      for (char c : chars) {
        if (c < Long.SIZE) {
          low |= 1L << c;
        } else {
          high |= 1L << c - Long.SIZE;
        }
      }
    }

    boolean mayContain(char c) {
      return c > 127 || ((c < Long.SIZE ? low : high) & 1L << c) != 0;
    }
  }
}
