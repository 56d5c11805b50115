package whorl.collector.store.triage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.SearchText;
import whorl.collector.store.database.Database;

/**
 * Finds the few alerts that may have rare words, with an index of three letters each: FTS5 of
 * SQLite, {@code pg_trgm} of PostgreSQL if it is there. Common words need no index: the newest
 * alerts have them. Thread-safe.
 */
final class RareWords {
  /** Words that more alerts have are not rare. */
  static final int MAX = 1_000;

  private static final int GRAM = 3;
  private static final int GRAMS_MAX = 32;

  private final Database database;
  private final boolean postgres;
  private volatile @Nullable Boolean indexed;

  RareWords(Database database) {
    this.database = database;
    this.postgres = !database.forUpdate().isEmpty(); // SQLite has no row locks
  }

  /**
   * The numbers of all alerts that may have these words; null if they are not rare, or if there is
   * no index.
   */
  @Nullable List<Long> alerts(@Nullable String query) throws IOException {
    if (query == null || !isIndexed()) {
      return null;
    }
    List<String> words =
        SearchText.words(query).stream().filter(word -> length(word) >= GRAM).toList();
    if (words.isEmpty()) {
      return null;
    }
    List<Long> alerts = postgres ? byTrigrams(words) : byFullText(words);
    return alerts.size() > MAX ? null : alerts;
  }

  private boolean isIndexed() throws IOException {
    Boolean known = indexed;
    if (known == null) {
      known =
          !postgres
              || !database
                  .query(
                      "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
                          + " AND indexname = 'alert_triage_words'",
                      row -> row.getString(1))
                  .isEmpty();
      indexed = known;
    }
    return known;
  }

  private List<Long> byTrigrams(List<String> words) throws IOException {
    StringBuilder where = new StringBuilder("1 = 1");
    List<Object> arguments = new ArrayList<>();
    SearchText.addConditions(String.join(" ", words), "words", where, arguments);
    arguments.add(MAX + 1);
    return database.query(
        "SELECT seq FROM alert_triage WHERE " + where + " LIMIT ?",
        row -> row.getLong(1),
        arguments.toArray());
  }

  private List<Long> byFullText(List<String> words) throws IOException {
    return database.query(
        "SELECT rowid FROM alert_words WHERE alert_words MATCH ? LIMIT ?",
        row -> row.getLong(1),
        match(words),
        MAX + 1);
  }

  /** All groups of three letters of these words, up to a number, as FTS5 takes them. */
  private static String match(List<String> words) {
    List<String> grams = new ArrayList<>();
    int ofEach = Math.max(1, GRAMS_MAX / words.size());
    for (String word : words) {
      int[] letters = word.codePoints().toArray();
      for (int i = 0; i + GRAM <= letters.length && i < ofEach; i++) {
        grams.add('"' + new String(letters, i, GRAM).replace("\"", "\"\"") + '"');
      }
    }
    return grams.stream().distinct().collect(Collectors.joining(" AND "));
  }

  private static int length(String word) {
    return word.codePointCount(0, word.length());
  }

  /** SQL that is true for these numbers. */
  static String in(String column, List<Long> numbers) {
    return numbers.isEmpty()
        ? "1 = 0"
        : numbers.stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ", column + " IN (", ")"));
  }
}
