package whorl.collector.timeline.read.recording;

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
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.mapping.MessageTemplate;
import whorl.collector.timeline.read.rows.JsonText;

/**
 * How events of one type, as read by the JDK, become rows.
 *
 * @param constant values that are the same in all rows, encoded
 * @param known true if the type has a mapping; otherwise the message is made from the fields
 * @param fields all except those that every event has
 * @param positions the index of the field in each part of the message; -1 for none
 * @param threadField the field with the event's thread; null if there is none
 */
record JdkPlan(
    String action,
    String label,
    Map<Column, byte[]> constant,
    MessageTemplate sentence,
    boolean known,
    List<FieldPlan> fields,
    List<Integer> positions,
    @Nullable String threadField,
    boolean hasDuration,
    boolean hasStack,
    boolean mayBeDuplicate) {
  private static final Set<String> COMMON =
      Set.of("startTime", "duration", "eventThread", "stackTrace");
  private static final int SAID_MAX = 8;

  /** How a field's value is written. */
  enum Kind {
    PLAIN,
    TIMESPAN,
    TIMESTAMP
  }

  /**
   * One field.
   *
   * @param jsonName encoded for JSON
   * @param column its own column, or null
   * @param asText true if the value is needed as text in addition to JSON
   */
  record FieldPlan(
      String name, String jsonName, Kind kind, @Nullable Column column, boolean asText) {}

  /**
   * @param artifact the recording's name
   * @param compared true if duplicates are detected
   */
  static JdkPlan of(EventType type, String artifact, boolean compared) {
    EventMapping found = EventMappings.find(type.getName());
    EventMapping eventMapping =
        found == null ? EventMappings.defaultMapping(type.getName()) : found;
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
