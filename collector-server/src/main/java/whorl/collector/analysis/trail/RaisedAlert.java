package whorl.collector.analysis.trail;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.timeline.Column;

/**
 * An alert in a row.
 *
 * @param id the alert's id, or the row's if the alert has none
 * @param request the id of the request on whose thread the alert was raised; null if there is none
 */
public record RaisedAlert(
    String id, String rule, Severity level, RowView row, @Nullable String request) {

  /** Parses a row. Returns null if the row has no valid level. */
  public static @Nullable RaisedAlert of(RowView row) {
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
