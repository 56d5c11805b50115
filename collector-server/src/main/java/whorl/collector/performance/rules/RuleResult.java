package whorl.collector.performance.rules;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one rule says; a line of {@link RulesProgram}.
 *
 * @param rule its id
 * @param name for people
 * @param topic such as {@code heap}; null for none
 * @param score from 0 to 100; null unless something was found
 * @param summary in plain text, as are explanation and solution; for a rule that was not evaluated
 *     the reason
 */
public record RuleResult(
    String rule,
    String name,
    @Nullable String topic,
    Outcome outcome,
    @Nullable Double score,
    String summary,
    String explanation,
    String solution) {
  private static final int NAME_MAX_CHARS = 300;
  private static final int TEXT_MAX_CHARS = 5_000;

  public RuleResult {
    if (isTooLong(rule, NAME_MAX_CHARS)
        || isTooLong(name, NAME_MAX_CHARS)
        || (topic != null && isTooLong(topic, NAME_MAX_CHARS))
        || isTooLong(summary, TEXT_MAX_CHARS)
        || isTooLong(explanation, TEXT_MAX_CHARS)
        || isTooLong(solution, TEXT_MAX_CHARS)) {
      throw new IllegalArgumentException("a rule's result is too long");
    }
  }

  private static boolean isTooLong(String text, int maxChars) {
    return text.length() > maxChars;
  }

  /** A rule that gave no result. */
  static RuleResult failed(String rule, String name, String reason) {
    return new RuleResult(rule, name, null, Outcome.FAILED, null, reason, "", "");
  }

  /** The outcome of a rule. */
  public enum Outcome {
    WARNING,
    INFO,
    /** It looked and found nothing. */
    OK,
    /** The recording lacks what it needs. */
    NOT_APPLICABLE,
    /** It threw, or took too long. */
    FAILED;

    @JsonCreator
    public static Outcome of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
