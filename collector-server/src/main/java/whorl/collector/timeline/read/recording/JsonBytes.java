package whorl.collector.timeline.read.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.recording.Field;
import whorl.collector.recording.Utf8Text;
import whorl.collector.recording.Values;
import whorl.collector.timeline.read.rows.JsonText;
import whorl.collector.timeline.read.rows.RowBlock;

/**
 * Writes the members of a JSON object, and values of a recording, into a reused buffer in UTF-8.
 * For one thread.
 */
final class JsonBytes implements Values {
  /** The maximum size of a text in a row. */
  private static final int BYTES_MAX = 3 * RowBlock.TEXT_MAX_CHARS + 16;

  private static final int NAMES_MAX = 10_000;
  private static final byte[] NULL = "null".getBytes(US_ASCII);
  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final byte[] MORE = "\"…\"".getBytes(UTF_8);

  /** How each ASCII character is escaped; null if it is not. */
  private static final byte[] @Nullable [] ESCAPED = new byte[0x80][];

  static {
    for (char c = 0; c < ESCAPED.length; c++) {
      StringBuilder quoted = new StringBuilder();
      JsonText.quoted(quoted, String.valueOf(c));
      String inside = quoted.substring(1, quoted.length() - 1);
      ESCAPED[c] = inside.length() == 1 ? null : inside.getBytes(US_ASCII);
    }
  }

  private final Utf8Text text = new Utf8Text(BYTES_MAX);
  private final Map<Field, byte[]> names = new IdentityHashMap<>();
  private boolean first = true;

  void begin() {
    text.size(0);
    text.add('{');
    first = true;
  }

  /**
   * Begins a member; its value follows.
   *
   * @param name encoded for JSON, with quotes and colon
   */
  void member(byte[] name) {
    if (!first) {
      text.add(',');
    }
    first = false;
    text.add(name);
  }

  /** Removes the last member. */
  void withoutMember(int sizeBefore, boolean wasEmpty) {
    text.size(sizeBefore);
    first = wasEmpty;
  }

  boolean isEmpty() {
    return first;
  }

  /** The number of bytes written. */
  int size() {
    return text.size();
  }

  /** The bytes written since the text had this size. */
  byte[] since(int size) {
    return text.toBytes(size, text.size());
  }

  byte[] end() {
    return text.add('}').toBytes();
  }

  @Override
  public boolean isFull() {
    return text.isFull();
  }

  @Override
  public void absent() {
    text.add(NULL);
  }

  @Override
  public void truncated() {
    text.add(MORE);
  }

  @Override
  public void integer(long number) {
    text.add(number);
  }

  @Override
  public void fraction(float number) {
    fraction(Float.isFinite(number), Float.toString(number));
  }

  @Override
  public void fraction(double number) {
    fraction(Double.isFinite(number), Double.toString(number));
  }

  @Override
  public void bool(boolean truth) {
    text.add(truth ? TRUE : FALSE);
  }

  @Override
  public void character(char character) {
    text(String.valueOf(character).getBytes(UTF_8));
  }

  @Override
  public void text(byte[] utf8) {
    text.add('"');
    int plain = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte each = utf8[i];
      if (each >= 0 && (each < ' ' || each == '"' || each == '\\')) {
        byte[] escaped = ESCAPED[each];
        if (escaped != null) {
          text.add(utf8, plain, i - plain).add(escaped);
          plain = i + 1;
        }
      }
    }
    text.add(utf8, plain, utf8.length - plain).add('"');
  }

  @Override
  public void beginMembers() {
    text.add('{');
  }

  @Override
  public void member(Field field, boolean isFirst) {
    if (!isFirst) {
      text.add(',');
    }
    byte[] name = names.get(field);
    if (name == null) {
      name = name(field);
      if (names.size() < NAMES_MAX) {
        names.put(field, name);
      }
    }
    text.add(name);
  }

  @Override
  public void endMembers() {
    text.add('}');
  }

  @Override
  public void beginElements() {
    text.add('[');
  }

  @Override
  public void element(boolean isFirst) {
    if (!isFirst) {
      text.add(',');
    }
  }

  @Override
  public void endElements() {
    text.add(']');
  }

  /** A member's name, encoded for JSON, with quotes and colon. */
  static byte[] name(Field field) {
    return JsonText.name(field.name()).getBytes(UTF_8);
  }

  private void fraction(boolean finite, String number) {
    if (finite) {
      text.add(number.getBytes(US_ASCII));
    } else {
      text(number.getBytes(US_ASCII));
    }
  }
}
