package whorl.collector.store.triage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.access.SearchText;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Text;

/**
 * What of an alert decides about its group, and by what it is found. All of it comes from agents or
 * from outside, so all of it is cut.
 *
 * @param repeats equal for repetitions of one alert from outside; null for others
 * @param capture the first of its captures
 * @param request the id of its request
 * @param client the address that sent the request
 * @param described the request for people
 * @param words for {@link SearchText}
 * @param over true if Alertmanager says that its earlier alert is over
 */
record AlertTraits(
    @Nullable String repeats,
    @Nullable String capture,
    @Nullable String request,
    @Nullable String client,
    @Nullable String described,
    String words,
    boolean over) {
  /** The only sender outside whose field {@code status} says that an alert is over. */
  private static final String ALERTMANAGER = "alertmanager";

  private static final int NAME_CHARS = 200;
  private static final int FIELD_CHARS = 120;

  static AlertTraits of(AlertRecord record, @Nullable String repeats) {
    Alert alert = record.alert();
    Map<String, Object> fields = alert.fields();
    List<Id> captures = record.captures();
    String request = text(fields.get("request.id"));
    String path = text(fields.get("request.path"));
    String method = text(fields.get("request.method"));
    String client = text(fields.get("request.remoteAddress"));
    String described =
        path == null
            ? null
            : (method == null ? "" : method + " ")
                + path
                + (client == null ? "" : " from " + client);
    return new AlertTraits(
        repeats,
        captures.isEmpty() ? null : captures.get(0).value(),
        request == null ? text(fields.get("request.startedBy")) : request,
        client,
        described,
        words(record),
        alert.source().equals(ALERTMANAGER) && "resolved".equals(fields.get("status")));
  }

  private static String words(AlertRecord record) {
    Alert alert = record.alert();
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add(cut(alert.title()));
    parts.add(cut(alert.rule()));
    parts.add(record.service());
    parts.add(record.namespace());
    parts.add(record.pod());
    parts.add(alert.source());
    alert.fields().values().forEach(value -> parts.add(field(value)));
    parts.add(alert.description());
    return SearchText.of(parts.toArray());
  }

  private static String field(Object value) {
    String text = value.toString();
    return Text.beginning(text, FIELD_CHARS);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() ? cut(text) : null;
  }

  private static String cut(String text) {
    return Text.beginning(text, NAME_CHARS);
  }
}
