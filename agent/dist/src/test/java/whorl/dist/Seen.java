package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import whorl.evidence.EventLine;

/** The events of one run, and what must or must not be among them. */
record Seen(List<EventLine> events) {
  /** The first such event; fields are compared as texts. */
  EventLine one(String type, Map<String, Object> fields) {
    return events.stream()
        .filter(matching(type, fields))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type + fields + " among " + ofType(type)));
  }

  void none(String type, Map<String, Object> fields) {
    assertThat(events).noneMatch(matching(type, fields));
  }

  long count(String type, Map<String, Object> fields) {
    return events.stream().filter(matching(type, fields)).count();
  }

  /** The alert of the rule with this title was raised. */
  void alert(String title) {
    one("whorl.Alert", Map.of("title", title));
  }

  private List<EventLine> ofType(String type) {
    return events.stream().filter(event -> event.type().equals(type)).toList();
  }

  private static Predicate<EventLine> matching(String type, Map<String, Object> fields) {
    return event ->
        event.type().equals(type)
            && fields.entrySet().stream()
                .allMatch(
                    field ->
                        field
                            .getValue()
                            .toString()
                            .equals(String.valueOf(event.fields().get(field.getKey()))));
  }
}
