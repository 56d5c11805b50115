package whorl.collector.performance.series;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Cursor;
import whorl.collector.recording.DamagedRecordingException;
import whorl.collector.recording.Field;
import whorl.collector.recording.Kind;
import whorl.collector.recording.Type;
import whorl.collector.recording.Values;

/**
 * The values of one event that measures need: numbers and short texts by field, members of a field
 * as {@code field.member}. Time spans are in seconds. For one thread, reused for each event.
 */
final class EventValues implements Values {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int VALUES_MAX = 32;
  private static final int TEXT_MAX_BYTES = 200;

  private final Map<String, Double> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private double seconds;
  private @Nullable String field;
  private @Nullable String member;
  private int depth;

  /**
   * Reads an event.
   *
   * @param event positioned before its first value
   * @param wanted the names of the fields to read
   */
  void read(Cursor event, Type type, Set<String> wanted) throws DamagedRecordingException {
    numbers.clear();
    texts.clear();
    seconds = event.durationNanos() / NANOS_PER_SECOND;
    for (Field each : type.values()) {
      if (wanted.contains(each.name())) {
        read(event, each);
      } else {
        event.skip(each);
      }
    }
  }

  private void read(Cursor event, Field each) throws DamagedRecordingException {
    if (each.kind().isInteger() && each.isInPlace()) {
      long value = event.integer(each);
      numbers.put(
          each.name(),
          each.time().isSpan() ? event.spanNanos(each, value) / NANOS_PER_SECOND : value);
    } else if (each.kind().isText()) {
      byte[] text = event.text(each);
      if (text != null && text.length <= TEXT_MAX_BYTES) {
        texts.put(each.name(), new String(text, UTF_8));
      }
    } else if (isNumberOrMembers(each.kind())) {
      field = each.name();
      member = field;
      depth = 0;
      event.write(each, this);
    } else {
      event.skip(each);
    }
  }

  private static boolean isNumberOrMembers(Kind kind) {
    return kind.isInteger() || kind == Kind.FLOAT || kind == Kind.DOUBLE || kind == Kind.STRUCT;
  }

  /** The number of this field; NaN if there is none, or one that measures nothing. */
  double number(String name) {
    Double value = numbers.get(name);
    return value == null || value < 0 || value.isInfinite() ? Double.NaN : value;
  }

  /** The text of this field; empty if there is none. */
  String text(String name) {
    return texts.getOrDefault(name, "");
  }

  /** The event's duration in seconds; 0 if its type has none. */
  double seconds() {
    return seconds;
  }

  @Override
  public boolean isFull() {
    return numbers.size() >= VALUES_MAX;
  }

  @Override
  public void absent() {}

  @Override
  public void truncated() {}

  @Override
  public void integer(long number) {
    put(number);
  }

  @Override
  public void fraction(float number) {
    put(number);
  }

  @Override
  public void fraction(double number) {
    put(number);
  }

  private void put(double number) {
    if (member != null) {
      numbers.put(member, number);
    }
  }

  @Override
  public void bool(boolean truth) {}

  @Override
  public void character(char character) {}

  @Override
  public void text(byte[] text) {}

  @Override
  public void beginMembers() {
    depth++;
    member = null;
  }

  @Override
  public void member(Field of, boolean first) {
    member = depth == 1 ? field + "." + of.name() : null;
  }

  @Override
  public void endMembers() {
    depth--;
    member = null;
  }

  @Override
  public void beginElements() {
    member = null;
  }

  @Override
  public void element(boolean first) {
    member = null;
  }

  @Override
  public void endElements() {}
}
