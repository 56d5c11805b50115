package whorl.collector.timeline.read.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Field;
import whorl.collector.recording.Type;
import whorl.collector.recording.Utf8Text;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.mapping.EventMapping;
import whorl.collector.timeline.read.mapping.EventMappings;
import whorl.collector.timeline.read.mapping.MessageTemplateBytes;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.RowBlock;
import whorl.collector.timeline.read.rows.Utf8;

/** How events of one type of one chunk become rows; computed once. */
final class TypePlan {
  private static final Set<String> COMMON =
      Set.of("startTime", "duration", "eventThread", "stackTrace");
  private static final String REQUEST = "whorl.HttpRequest";
  private static final int TEXTS_MAX = 8;
  private static final int SHOWN_MAX = 4;
  private static final int SHOWN_MAX_CHARS = 100;
  private static final Column[] CONSTANT = {
    Column.ACTION, Column.CATEGORY, Column.TYPE, Column.KIND, Column.DATASET
  };

  private final Type type;
  private final boolean known;
  private final boolean compared;
  private final byte[][] constant;
  private final byte[] label;
  private final long keyHash;
  private final FieldPlan[] fields;
  private final FieldPlan[] valueFields;
  private final MessageTemplateBytes sentence;

  /**
   * @param artifact the recording's name
   * @param compareWithOthers true if there is another source with which duplicates are possible
   */
  TypePlan(Type type, String artifact, boolean compareWithOthers) {
    EventMapping found = EventMappings.find(type.name());
    EventMapping eventMapping = found == null ? EventMappings.defaultMapping(type.name()) : found;
    this.type = type;
    this.known = found != null;
    this.compared =
        compareWithOthers && (type.name().startsWith("whorl.") || type.name().startsWith("jdk."));
    this.constant = constant(type, eventMapping, artifact);
    this.keyHash = Duplicates.Key.hash(type.name());
    this.label = label(type).getBytes(UTF_8);
    List<FieldPlan> all = new ArrayList<>();
    List<FieldPlan> values = new ArrayList<>();
    Field owner = owner(type);
    for (Field field : type.values()) {
      if (COMMON.contains(field.name())) {
        all.add(FieldPlan.common(field, field == owner));
      } else {
        Column column = column(eventMapping, field.name());
        boolean asText =
            column != null || compared || inMessage(eventMapping, field, values.size());
        FieldPlan plan = FieldPlan.of(field, field == owner, values.size(), column, asText);
        all.add(plan);
        values.add(plan);
      }
    }
    this.fields = all.toArray(FieldPlan[]::new);
    this.valueFields = values.toArray(FieldPlan[]::new);
    this.sentence =
        new MessageTemplateBytes(
            eventMapping.sentence(), values.stream().map(plan -> plan.field().name()).toList());
  }

  /** The hash of the type's name, for {@link Duplicates.Key}. */
  long keyHash() {
    return keyHash;
  }

  /** True if events of this type describe a request. */
  boolean isRequest() {
    return type.name().equals(REQUEST);
  }

  /** True if events of this type may also be in the ring or on the console. */
  boolean isCompared() {
    return compared;
  }

  /** All fields, in the order in which they are written. */
  FieldPlan[] fields() {
    return fields;
  }

  /** The fields whose values are written, by position. */
  FieldPlan[] valueFields() {
    return valueFields;
  }

  /** Puts the values that are the same in all rows of the type. */
  void putConstant(RowBlock block) {
    for (int i = 0; i < constant.length; i++) {
      block.put(CONSTANT[i], constant[i]);
    }
  }

  /** Adds the message, with these values by field position. */
  void writeMessage(byte[] @Nullable [] values, Utf8Text out) {
    if (known) {
      sentence.write(values, out);
    } else {
      writeFields(values, out);
    }
  }

  /** The value of this field, or null. */
  @Nullable String text(byte[] @Nullable [] values, String field) {
    for (FieldPlan plan : valueFields) {
      if (plan.field().name().equals(field)) {
        byte[] text = values[plan.position()];
        return text == null ? null : new String(text, UTF_8);
      }
    }
    return null;
  }

  /** The message of an unknown type: its label and its first values. */
  private void writeFields(byte[] @Nullable [] values, Utf8Text out) {
    out.add(label);
    int shown = 0;
    for (int i = 0; i < valueFields.length && shown < SHOWN_MAX; i++) {
      byte[] text = values[i];
      if (text != null && text.length > 0 && Utf8.isWithin(text, SHOWN_MAX_CHARS)) {
        out.add(shown == 0 ? ':' : ',').add(' ');
        out.add(valueFields[i].name()).add('=').add(text);
        shown++;
      }
    }
  }

  private boolean inMessage(EventMapping eventMapping, Field field, int position) {
    return known ? eventMapping.sentence().names(field.name()) : position < TEXTS_MAX;
  }

  private static @Nullable Field owner(Type type) {
    Field owner = null;
    for (Field field : type.values()) {
      String name = field.name();
      if (name.equals("eventThread") || (name.equals("sampledThread") && owner == null)) {
        owner = field;
      }
    }
    return owner;
  }

  private static byte[][] constant(Type type, EventMapping eventMapping, String artifact) {
    return new byte[][] {
      type.name().getBytes(UTF_8),
      eventMapping.category().getBytes(UTF_8),
      eventMapping.type().getBytes(UTF_8),
      "event".getBytes(UTF_8),
      artifact.getBytes(UTF_8)
    };
  }

  private static @Nullable Column column(EventMapping eventMapping, String field) {
    Column column = eventMapping.columns().get(field);
    return column == null && field.equals("requestId") ? Column.REQUEST_ID : column;
  }

  private static String label(Type type) {
    String label = type.label();
    return label == null || label.isEmpty() ? type.name() : label;
  }
}
