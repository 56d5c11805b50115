package whorl.rules.match;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import whorl.event.StackEnd;

/**
 * Searches a regular expression in the first 8 KiB of a text. The text may be an attacker's, so the
 * search gives up after reading 20,000 characters and 16 more for each of the text's, or on a stack
 * overflow; this is counted and is not a match. An expression that does much between two characters
 * is refused, see {@link EmptyMatches}. Most texts equal that of the previous event, such as the
 * jar of a class, and are not searched again.
 */
public final class RegexTest implements ValueTest {
  static final int MAX_CHARS = 8 << 10;
  private static final int LEAST_STEPS = 20_000;

  /** Alternatives at each character of a padded text are not to exhaust the search. */
  private static final int STEPS_PER_CHAR = 16;

  private static final int KEPT_MAX_CHARS = 512;
  private static final int UNDERSTOOD_FLAGS =
      Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.MULTILINE | Pattern.DOTALL;

  private final Pattern pattern;

  /** True if a match must be at the beginning; a search would try every position in vain. */
  private final boolean atBeginning;

  private final LongAdder givenUp;
  private final @Nullable List<String> needs;

  /** Shared by threads without synchronization; a race costs one more search. */
  private @Nullable Result lastResult;

  private record Result(String text, boolean found) {}

  /**
   * @param flags of {@link Pattern}
   * @param givenUp counts searches that were given up
   */
  public RegexTest(String expression, int flags, LongAdder givenUp) throws RuleRefused {
    this.pattern = compiled(expression, flags);
    this.atBeginning = (flags & Pattern.MULTILINE) == 0 && RegexLiteral.isAtBeginning(expression);
    this.givenUp = givenUp;
    String literal = RegexLiteral.of(expression);
    String ascii = literal == null ? "" : GramIndex.longestAscii(literal);
    this.needs = ascii.length() >= GramIndex.CHARS ? List.of(ascii) : null;
  }

  private static Pattern compiled(String expression, int flags) throws RuleRefused {
    String problem;
    try {
      Pattern pattern = Pattern.compile(expression, flags);
      problem =
          (flags & ~UNDERSTOOD_FLAGS) == 0
              ? EmptyMatches.problem(expression)
              : "its flags are not supported";
      if (problem == null) {
        return pattern;
      }
    } catch (PatternSyntaxException e) {
      throw new RuleRefused(
          "not a regular expression: "
              + RuleRefused.quoted(expression)
              + ": "
              + e.getDescription()
              + " at "
              + e.getIndex());
    } catch (StackOverflowError e) {
      problem = "its groups are nested too deeply";
    }
    throw new RuleRefused(
        "a regular expression that may take too long: "
            + RuleRefused.quoted(expression)
            + ": "
            + problem);
  }

  @Override
  public boolean test(Object value) {
    String text = ValueTest.text(value);
    Result before = lastResult;
    if (before != null && before.text.equals(text)) {
      return before.found;
    }
    try {
      boolean found = find(text);
      if (text.length() <= KEPT_MAX_CHARS) {
        lastResult = new Result(text, found);
      }
      return found;
    } catch (StackOverflowError e) {
      StackEnd.metIfNear();
      givenUp.increment();
      return false;
    } catch (TooManySteps e) {
      givenUp.increment();
      return false;
    }
  }

  private boolean find(String text) {
    java.util.regex.Matcher matcher = pattern.matcher(new CountedText(text));
    return atBeginning ? matcher.lookingAt() : matcher.find();
  }

  @Override
  public @Nullable List<String> needs() {
    return needs;
  }

  @Override
  public long cost() {
    return 500;
  }

  /** The matcher reads a text only by {@link #charAt}, so its work is counted here. */
  private static final class CountedText implements CharSequence {
    private final String text;
    private final int length;
    private int stepsLeft;

    CountedText(String text) {
      this.text = text;
      this.length = Math.min(text.length(), MAX_CHARS);
      this.stepsLeft = LEAST_STEPS + STEPS_PER_CHAR * length;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public char charAt(int index) {
      if (--stepsLeft < 0) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text.substring(0, length);
    }
  }

  /** Has no stack trace and is therefore cheap. */
  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TooManySteps() {
      super("a regular expression took too many steps", null, false, false);
    }
  }
}
