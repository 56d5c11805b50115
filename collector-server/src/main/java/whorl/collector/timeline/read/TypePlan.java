package whorl.collector.timeline.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * How events of one type of one recording become rows, worked out once.
 *
 * @param fields all but those that every event has
 * @param threadField the field that says whose event it is; null where none does
 * @param known whether the shape is of the table; of other types the sentence is made of the fields
 */
record TypePlan(
    String action,
    String label,
    Shape shape,
    boolean known,
    List<FieldPlan> fields,
    @Nullable String threadField,
    boolean hasDuration,
    boolean hasStack,
    boolean mayBeDuplicate) {
  private static final Set<String> COMMON =
      Set.of("startTime", "duration", "eventThread", "stackTrace");

  /** What a field's values are. */
  enum Kind {
    PLAIN,
    TIMESPAN,
    TIMESTAMP
  }

  /**
   * One field.
   *
   * @param jsonName as it stands in JSON
   * @param column of its own, or null
   */
  record FieldPlan(String name, String jsonName, Kind kind, @Nullable Column column) {}

  static TypePlan of(EventType type) {
    Shape found = Shapes.find(type.getName());
    Shape shape = found == null ? Shapes.other(type.getName()) : found;
    List<FieldPlan> fields = new ArrayList<>();
    String threadField = null;
    boolean duration = false;
    boolean stack = false;
    for (ValueDescriptor field : type.getFields()) {
      String name = field.getName();
      duration |= name.equals("duration");
      stack |= name.equals("stackTrace");
      if (name.equals("eventThread") || (name.equals("sampledThread") && threadField == null)) {
        threadField = name;
      }
      if (!COMMON.contains(name)) {
        fields.add(new FieldPlan(name, JsonText.name(name), kind(field), column(shape, name)));
      }
    }
    return new TypePlan(
        type.getName(),
        label(type),
        shape,
        found != null,
        List.copyOf(fields),
        threadField,
        duration,
        stack,
        type.getName().startsWith("whorl.") || type.getName().startsWith("jdk."));
  }

  private static @Nullable Column column(Shape shape, String field) {
    Column column = shape.columns().get(field);
    return column == null && field.equals("requestId") ? Column.REQUEST_ID : column;
  }

  private static String label(EventType type) {
    String label = type.getLabel();
    return label == null || label.isEmpty() ? type.getName() : label;
  }

  private static Kind kind(ValueDescriptor field) {
    if (!field.getTypeName().equals("long")) {
      return Kind.PLAIN;
    }
    if (field.getAnnotation(jdk.jfr.Timespan.class) != null) {
      return Kind.TIMESPAN;
    }
    return field.getAnnotation(jdk.jfr.Timestamp.class) != null ? Kind.TIMESTAMP : Kind.PLAIN;
  }
}
