package whorl.collector.search;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.collector.timeline.TimelineQuery;
import whorl.evidence.Id;

/** Finds rows in one timeline: by words with its word index, and then by the whole text. */
final class RowMatcher {
  private final String text;
  private final RowQuestion.Match match;

  RowMatcher(RowQuestion question) {
    this.text = question.words();
    this.match = question.how();
  }

  /** The query of the rows that may match, the newest first. */
  TimelineQuery query(Id evidence) {
    return TimelineQuery.of(evidence)
        .text(text)
        .newestFirst(true)
        .withStacks(match != RowQuestion.Match.WORDS);
  }

  /** True if each row of the query matches. */
  boolean isDecidedByQuery() {
    return match == RowQuestion.Match.WORDS;
  }

  boolean matches(Row row) {
    return isDecidedByQuery()
        || holds(row.text(Column.MESSAGE))
        || holds(row.text(Column.FIELDS))
        || holds(row.text(Column.STACK_TRACE));
  }

  /** What to show of a row: the first word, or all of the text. */
  String shown() {
    return isDecidedByQuery() ? text.split("\\s+", 2)[0] : text;
  }

  private boolean holds(@Nullable String value) {
    if (value == null) {
      return false;
    }
    return match == RowQuestion.Match.EXACT
        ? value.contains(text)
        : value.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
  }
}
