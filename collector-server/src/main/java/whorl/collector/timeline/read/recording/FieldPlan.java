package whorl.collector.timeline.read.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Field;
import whorl.collector.recording.Kind;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.Duplicates;

/**
 * The plan for one field of a {@link TypePlan}.
 *
 * @param kindOfRead how its value is read
 * @param position among the values that are written; -1 for fields that every event has
 * @param name in UTF-8
 * @param jsonName encoded for JSON, with quotes and colon
 * @param keyHash of the name, for {@link Duplicates.Key}
 * @param column its own column, or null
 * @param asText true if the value is needed as text in addition to JSON
 * @param compared true if the text is part of the key that finds duplicates
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FieldPlan(
    Field field,
    Way kindOfRead,
    int position,
    byte[] name,
    byte[] jsonName,
    long keyHash,
    @Nullable Column column,
    boolean asText,
    boolean compared) {
  enum Way {
    /** Not read. */
    SKIPPED,
    /** Sets the thread of the event only. */
    OWNER,
    /** Sets the thread of the event and is a value too. */
    OWNER_AND_TEXT,
    STACK,
    TEXT,
    CHARACTER,
    INTEGER,
    SPAN,
    STAMP,
    OTHER
  }

  /** The plan for a field that every event has. */
  static FieldPlan common(Field field, boolean owner) {
    Way kindOfRead = Way.SKIPPED;
    if (owner && field.kind() == Kind.THREAD) {
      kindOfRead = Way.OWNER;
    } else if (field.name().equals("stackTrace") && field.kind() == Kind.STACK) {
      kindOfRead = Way.STACK;
    }
    return new FieldPlan(field, kindOfRead, -1, new byte[0], new byte[0], 0, null, false, false);
  }

  static FieldPlan of(
      Field field, boolean owner, int position, @Nullable Column column, boolean asText) {
    Way kindOfRead = kindOfRead(field, owner);
    boolean number = field.kind().isInteger() && kindOfRead != Way.STAMP;
    boolean fraction = field.kind() == Kind.FLOAT || field.kind() == Kind.DOUBLE;
    return new FieldPlan(
        field,
        kindOfRead,
        position,
        field.name().getBytes(UTF_8),
        JsonBytes.name(field),
        Duplicates.Key.hash(field.name()),
        column,
        asText,
        !number
            && !fraction
            && field.kind() != Kind.BOOLEAN
            && !field.name().startsWith("request"));
  }

  private static Way kindOfRead(Field field, boolean owner) {
    if (field.kind() == Kind.THREAD && owner) {
      return Way.OWNER_AND_TEXT;
    }
    if (field.kind().isText()) {
      return Way.TEXT;
    }
    if (field.kind() == Kind.CHAR && field.isInPlace()) {
      return Way.CHARACTER;
    }
    if (!field.kind().isInteger() || !field.isInPlace()) {
      return Way.OTHER;
    }
    if (field.time().isSpan()) {
      return Way.SPAN;
    }
    return field.time().isStamp() ? Way.STAMP : Way.INTEGER;
  }
}
