package whorl.collector.timeline.read.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Cursor;
import whorl.collector.recording.Kind;
import whorl.collector.recording.ThreadName;
import whorl.collector.recording.Utf8Text;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.EpochNanos;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.RowBlock;

/** Writes an event's values into a row. For one thread. */
final class EventRow {
  private static final int MESSAGE_MAX_BYTES = 3 * RowBlock.TEXT_MAX_CHARS + 16;
  private static final byte[] NONE = {};

  private final ReadContext readContext;
  private final JsonBytes json = new JsonBytes();
  private final Utf8Text message = new Utf8Text(MESSAGE_MAX_BYTES);
  private final Duplicates.Key key = new Duplicates.Key();

  /** Values of the current event as text, by field position. */
  private byte[] @Nullable [] texts = new byte[16][];

  private byte[] thread = NONE;

  EventRow(ReadContext readContext) {
    this.readContext = readContext;
  }

  /**
   * @param event positioned before its first value
   */
  void write(Cursor event, TypePlan plan, long time, RowBlock block) throws IOException {
    plan.putConstant(block);
    if (texts.length < plan.valueFields().length) {
      texts = new byte[plan.valueFields().length][];
    }
    Arrays.fill(texts, 0, plan.valueFields().length, null);
    thread = NONE;
    json.begin();
    for (FieldPlan field : plan.fields()) {
      value(event, field, block);
    }
    if (!json.isEmpty()) {
      block.put(Column.FIELDS, json.end());
    }
    message.size(0);
    plan.writeMessage(texts, message);
    block.put(Column.MESSAGE, message.toBytes());
    if (plan.isCompared()) {
      compared(plan, time);
    }
    if (plan.isRequest()) {
      request(plan);
    }
  }

  private void value(Cursor event, FieldPlan field, RowBlock block) throws IOException {
    switch (field.kindOfRead()) {
      case SKIPPED -> event.skip(field.field());
      case OWNER -> owner(event.thread(field.field()), block);
      case OWNER_AND_TEXT -> {
        ThreadName owner = event.thread(field.field());
        owner(owner, block);
        text(field, owner == null ? null : owner.name(), block);
      }
      case STACK -> {
        long stack = event.stack(field.field());
        if (stack != 0) {
          block.stack(stack);
        }
      }
      case TEXT -> text(field, event.text(field.field()), block);
      case CHARACTER -> text(field, String.valueOf(event.character()).getBytes(UTF_8), block);
      case INTEGER -> integer(field, event.integer(field.field()), block);
      case SPAN ->
          integer(field, event.spanNanos(field.field(), event.integer(field.field())), block);
      case STAMP -> stamp(event, field, block);
      case OTHER -> otherValue(event, field, block);
    }
  }

  private void owner(@Nullable ThreadName owner, RowBlock block) {
    if (owner != null) {
      thread = owner.name();
      block.put(Column.THREAD_NAME, owner.name());
      if (owner.id() > 0) {
        block.put(Column.THREAD_ID, owner.id());
      }
    }
  }

  private void text(FieldPlan field, byte @Nullable [] text, RowBlock block) {
    if (text == null) {
      return;
    }
    json.member(field.jsonName());
    json.text(text);
    if (text != Cursor.NAMELESS) {
      asText(field, text, block);
    }
  }

  private void asText(FieldPlan field, byte[] text, RowBlock block) {
    if (field.asText()) {
      texts[field.position()] = text;
      Column column = field.column();
      if (column != null && column.kind() == Column.Kind.TEXT && text.length > 0) {
        block.put(column, text);
      }
    }
  }

  private void integer(FieldPlan field, long number, RowBlock block) {
    json.member(field.jsonName());
    int begin = json.size();
    json.integer(number);
    if (field.asText()) {
      asText(field, json.since(begin), block);
      if (field.column() != null && field.column().kind() != Column.Kind.TEXT) {
        block.put(field.column(), number);
      }
    }
  }

  private void stamp(Cursor event, FieldPlan field, RowBlock block) throws IOException {
    long value = event.integer(field.field());
    if (value == Long.MIN_VALUE) {
      return;
    }
    Instant time =
        switch (field.field().time()) {
          case STAMP_MILLIS -> Instant.ofEpochMilli(value);
          default -> Instant.ofEpochSecond(0, event.instantNanos(value));
        };
    if (EpochNanos.of(time) != EpochNanos.NONE) {
      text(field, time.toString().getBytes(US_ASCII), block);
    }
  }

  private void otherValue(Cursor event, FieldPlan field, RowBlock block) throws IOException {
    int before = json.size();
    boolean wasEmpty = json.isEmpty();
    json.member(field.jsonName());
    int begin = json.size();
    if (!event.write(field.field(), json)) {
      json.withoutMember(before, wasEmpty);
      return;
    }
    if (field.asText()) {
      byte[] written = json.since(begin);
      asText(field, plain(field.field().kind(), written), block);
      if (field.column() != null && field.column().kind() != Column.Kind.TEXT) {
        number(field.field().kind(), written, field.column(), block);
      }
    }
  }

  /** Removes the quotes around floating-point numbers that are not finite. */
  private static byte[] plain(Kind kind, byte[] written) {
    boolean quoted = written.length >= 2 && written[0] == '"';
    return quoted && (kind == Kind.FLOAT || kind == Kind.DOUBLE)
        ? Arrays.copyOfRange(written, 1, written.length - 1)
        : written;
  }

  private static void number(Kind kind, byte[] written, Column column, RowBlock block) {
    String digits = new String(plain(kind, written), US_ASCII);
    switch (kind) {
      case BYTE, SHORT, INT, LONG -> block.put(column, Long.parseLong(digits));
      case FLOAT -> block.put(column, (long) Float.parseFloat(digits));
      case DOUBLE -> block.put(column, (long) Double.parseDouble(digits));
      default -> {}
    }
  }

  private void compared(TypePlan plan, long time) {
    key.begin(plan.keyHash(), thread);
    for (FieldPlan field : plan.valueFields()) {
      byte[] text = texts[field.position()];
      if (field.compared() && text != null && text.length > 0) {
        key.add(field.keyHash(), text);
      }
    }
    long sum = key.value();
    readContext.ringDuplicates().observe(sum, time);
    readContext.consoleDuplicates().observe(sum, time);
  }

  private void request(TypePlan plan) {
    String id = plan.text(texts, "requestId");
    if (id != null && !id.isEmpty()) {
      readContext
          .requests()
          .add(
              id,
              plan.text(texts, "method"),
              plan.text(texts, "path"),
              plan.text(texts, "remoteAddress"));
    }
  }
}
