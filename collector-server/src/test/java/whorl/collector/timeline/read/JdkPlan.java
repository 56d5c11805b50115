package whorl.collector.timeline.read;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.EventType;
import jdk.jfr.ValueDescriptor;
import org.jspecify.annotations.Nullable;
import whorl.collector.timeline.Column;

/**
 * How events of one type, as the JDK tells of it, become rows.
 *
 * @param constant what is the same in all of them, encoded
 * @param known whether the shape is of the table; of other types the sentence is made of the fields
 * @param fields all but those that every event has
 * @param told which field stands in each part of the sentence; -1 for none
 * @param threadField the field that says whose event it is; null where none does
 */
record JdkPlan(
    String action,
    String label,
    Map<Column, byte[]> constant,
    MessageTemplate sentence,
    boolean known,
    List<FieldPlan> fields,
    List<Integer> told,
    @Nullable String threadField,
    boolean hasDuration,
    boolean hasStack,
    boolean mayBeDuplicate) {
  private static final Set<String> COMMON =
      Set.of("startTime", "duration", "eventThread", "stackTrace");
  private static final int SAID_MAX = 8;

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
   * @param asText whether its value is needed as text beside the JSON
   */
  record FieldPlan(
      String name, String jsonName, Kind kind, @Nullable Column column, boolean asText) {}

  /**
   * @param artifact the recording's name
   * @param compared whether events that are told twice are looked for
   */
  static JdkPlan of(EventType type, String artifact, boolean compared) {
    EventMapping found = EventMappings.find(type.getName());
    EventMapping eventMapping = found == null ? EventMappings.other(type.getName()) : found;
    boolean mayBeDuplicate =
        compared && (type.getName().startsWith("whorl.") || type.getName().startsWith("jdk."));
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
        Column column = column(eventMapping, name);
        boolean asText =
            column != null
                || mayBeDuplicate
                || (found == null ? fields.size() < SAID_MAX : eventMapping.sentence().names(name));
        fields.add(new FieldPlan(name, JsonText.name(name), kind(field), column, asText));
      }
    }
    return new JdkPlan(
        type.getName(),
        label(type),
        constant(type, eventMapping, artifact),
        eventMapping.sentence(),
        found != null,
        List.copyOf(fields),
        eventMapping.sentence().positions(fields.stream().map(FieldPlan::name).toList()),
        threadField,
        duration,
        stack,
        mayBeDuplicate);
  }

  private static Map<Column, byte[]> constant(
      EventType type, EventMapping eventMapping, String artifact) {
    EnumMap<Column, byte[]> constant = new EnumMap<>(Column.class);
    constant.put(Column.ACTION, utf8(type.getName()));
    constant.put(Column.CATEGORY, utf8(eventMapping.category()));
    constant.put(Column.TYPE, utf8(eventMapping.type()));
    constant.put(Column.KIND, utf8("event"));
    constant.put(Column.DATASET, utf8(artifact));
    return constant;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Column column(EventMapping eventMapping, String field) {
    Column column = eventMapping.columns().get(field);
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
