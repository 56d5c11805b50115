package whorl.collector.sigma;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Paging;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;
import whorl.collector.sigma.KnownRule.Source;
import whorl.evidence.Level;
import whorl.evidence.Text;

/**
 * Which rules are listed; null means any.
 *
 * @param words that a rule has, in lower case
 * @param tag of ATT&amp;CK: a technique with those below it, such as {@code t1059}, or a tactic
 */
record RuleFilter(
    List<String> words,
    @Nullable Level level,
    @Nullable String tag,
    @Nullable Source source,
    @Nullable String set) {
  private static final int WORDS_MAX = 8;

  static RuleFilter of(Request request) {
    String words = request.query("q");
    String tag = request.query("tag");
    return new RuleFilter(
        words == null
            ? List.of()
            : Arrays.stream(lower(words).strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .limit(WORDS_MAX)
                .toList(),
        Paging.query(request, "level", Level::of),
        tag == null ? null : "attack." + lower(tag.strip()).replaceFirst("^attack\\.", ""),
        source(request.query("source")),
        request.query("set"));
  }

  private static @Nullable Source source(@Nullable String word) {
    if (word == null) {
      return null;
    }
    for (Source source : Source.values()) {
      if (source.word().equals(word)) {
        return source;
      }
    }
    throw new ProblemException(
        400,
        "bad parameter",
        "source is built-in, pushed, agents or collector, not " + Text.shortened(word));
  }

  boolean matches(KnownRule rule) {
    RuleDocument document = rule.document();
    return (level == null || document.level() == level)
        && (source == null || rule.source() == source)
        && (set == null || (rule.set() != null && rule.set().set().name().equals(set)))
        && (tag == null || document.tags().stream().anyMatch(this::isTag))
        && hasWords(document);
  }

  private boolean isTag(String of) {
    return of.equals(tag) || of.startsWith(tag + ".");
  }

  private boolean hasWords(RuleDocument document) {
    if (words.isEmpty()) {
      return true;
    }
    String text =
        lower(
            document.id()
                + '\n'
                + document.title()
                + '\n'
                + document.description()
                + '\n'
                + document.text());
    return words.stream().allMatch(text::contains);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
