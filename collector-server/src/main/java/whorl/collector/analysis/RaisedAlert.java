package whorl.collector.analysis;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * An alert as a row tells of it.
 *
 * @param id the alert's own; the row's where it has none
 * @param request on whose thread it was; null for none
 */
record RaisedAlert(String id, String rule, Severity level, RowView row, @Nullable String request) {

  /** Null for a row that does not say how grave it is. */
  static @Nullable RaisedAlert of(RowView row) {
    String word = row.field("level");
    if (word == null) {
      return null;
    }
    try {
      Severity level = Severity.of(word.toLowerCase(Locale.ROOT));
      String named = row.text(Column.RULE_NAME);
      String title = named != null ? named : row.field("title");
      String id = row.field("id");
      return new RaisedAlert(
          id == null ? row.id() : id, Phrases.cut(title), level, row, row.request());
    } catch (IllegalArgumentException noLevel) {
      return null;
    }
  }
}
