package whorl.collector.timeline;

import java.util.ArrayList;
import java.util.List;

/** What a user gave, apart from the text of a statement, which names it by number. */
final class Arguments {
  private final List<Object> values = new ArrayList<>();

  /** How the statement names it. */
  String name(Object value) {
    int known = values.indexOf(value);
    if (known < 0) {
      values.add(value);
      return "$" + values.size();
    }
    return "$" + (known + 1);
  }

  List<Object> values() {
    return List.copyOf(values);
  }
}
