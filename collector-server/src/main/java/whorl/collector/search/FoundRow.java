package whorl.collector.search;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.export.formats.WellFormed;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Row;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * A row that was found, short enough for a list. Its texts are those of an application, which an
 * intruder may have chosen.
 *
 * @param row its number in the timeline of its evidence
 * @param id its id in timelines, {@code evidence:row}
 * @param time by the collector's clock
 * @param type the event type, or another name for what happened
 * @param in where the first word is: {@code message}, {@code fields} or {@code stack}
 * @param excerpt what surrounds it in the fields; null if it is elsewhere
 */
record FoundRow(
    Id evidence,
    long row,
    String id,
    Instant time,
    String type,
    @Nullable String category,
    @Nullable String message,
    String in,
    @Nullable String excerpt,
    @Nullable String service,
    @Nullable String agent,
    @Nullable String pod,
    @Nullable String thread) {
  private static final int MESSAGE_MAX_CHARS = 400;
  private static final int NAME_MAX_CHARS = 200;
  private static final int AROUND_CHARS = 80;

  static FoundRow of(Row row, String firstWord) {
    String message = row.text(Column.MESSAGE);
    String fields = row.text(Column.FIELDS);
    boolean inMessage = position(message, firstWord) >= 0;
    int inFields = inMessage ? -1 : position(fields, firstWord);
    return new FoundRow(
        row.evidence(),
        row.number(),
        row.id(),
        row.time(),
        WellFormed.text(Text.atMost(row.action(), NAME_MAX_CHARS)),
        row.text(Column.CATEGORY),
        cut(message, MESSAGE_MAX_CHARS),
        inMessage ? "message" : inFields >= 0 ? "fields" : "stack",
        inFields < 0 || fields == null ? null : around(fields, inFields, firstWord.length()),
        cut(row.text(Column.SERVICE), NAME_MAX_CHARS),
        row.text(Column.AGENT),
        cut(row.text(Column.POD), NAME_MAX_CHARS),
        cut(row.text(Column.THREAD_NAME), NAME_MAX_CHARS));
  }

  private static int position(@Nullable String text, String word) {
    return text == null ? -1 : text.toLowerCase(Locale.ROOT).indexOf(word.toLowerCase(Locale.ROOT));
  }

  private static String around(String text, int at, int length) {
    // a lower-case text may be longer than its original
    int from = Math.min(text.length(), Math.max(0, at - AROUND_CHARS));
    int to = Math.min(text.length(), at + length + AROUND_CHARS);
    return WellFormed.text(
        (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : ""));
  }

  private static @Nullable String cut(@Nullable String text, int maxChars) {
    return text == null ? null : WellFormed.text(Text.atMost(text, maxChars));
  }
}
