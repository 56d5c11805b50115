package whorl.collector.search;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;

/**
 * The body of {@code POST /api/v1/search/rows}.
 *
 * @param words what rows contain in message, fields or stack
 * @param match how; {@link Match#WORDS} if absent
 * @param since evidence that was sealed at this time or later; seven days ago if absent
 * @param until evidence that was sealed before this time; now if absent
 * @param service only evidence of this service
 * @param cursor the {@code older} of an earlier search, to go on
 */
record RowQuestion(
    String words,
    @Nullable Match match,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable String service,
    @Nullable String cursor) {
  /** How the words must occur. */
  enum Match {
    /** Each word somewhere in the row, ignoring case. */
    WORDS,
    /** The whole text at one place, ignoring case. */
    TEXT,
    /** The whole text at one place, in this case. */
    EXACT;

    @JsonCreator
    static Match of(String word) {
      for (Match match : values()) {
        if (match.word().equals(word)) {
          return match;
        }
      }
      throw new IllegalArgumentException("match is words, text or exact");
    }

    @JsonValue
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The same with all that is absent filled in.
   *
   * @throws ProblemException 400 with what is allowed
   */
  RowQuestion checked(Instant now) {
    String text = words == null ? "" : words.strip();
    List<String> parts = split(text);
    if (text.length() > RowSearchLimits.WORDS_MAX_CHARS
        || parts.size() > RowSearchLimits.WORDS_MAX
        || parts.stream().noneMatch(word -> word.length() >= RowSearchLimits.WORD_MIN_CHARS)) {
      throw bad(
          "words has at most "
              + RowSearchLimits.WORDS_MAX_CHARS
              + " characters and "
              + RowSearchLimits.WORDS_MAX
              + " words, one of them with "
              + RowSearchLimits.WORD_MIN_CHARS
              + " or more characters");
    }
    Instant from = since == null ? now.minus(RowSearchLimits.SINCE_DEFAULT) : since;
    if (until != null && !from.isBefore(until)) {
      throw bad("since is before until");
    }
    return new RowQuestion(text, how(), from, until, service, cursor);
  }

  /** How the words must occur. */
  Match how() {
    return match == null ? Match.WORDS : match;
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(400, "bad search", detail);
  }
}
