package whorl.collector.timeline.query;

import java.util.ArrayList;
import java.util.List;

/** The values of a statement's parameters. User input is only here, never in the SQL text. */
final class Arguments {
  private final List<Object> values = new ArrayList<>();

  /** The placeholder of a value in the statement, such as {@code $1}. */
  String name(Object value) {
    int index = values.indexOf(value);
    if (index < 0) {
      values.add(value);
      return "$" + values.size();
    }
    return "$" + (index + 1);
  }

  List<Object> values() {
    return List.copyOf(values);
  }
}
