package whorl.agent.redact.jfr;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.ChunkTypes.Field;

/**
 * Masks the strings of a recording, each with the same number of bytes, so that every position in
 * the recording stays the same.
 *
 * <pre>
 * string:  encoding (1 byte)  contents
 *   0, 1: null, empty; no contents
 *   2: the number of a constant
 *   3: UTF-8, length in bytes first
 *   4: one LEB128 number a character, length in characters first
 *   5: ISO 8859-1, length in bytes first
 * </pre>
 *
 * <p>The value of a secret is a string in a field that has the name of a secret, or in the next
 * field after a string that is the name of one, if {@linkplain Field#named that field} may have it.
 * A string longer than the limit is masked as a whole.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/StringParser.java">StringParser</a>
 */
final class MaskedStrings {
  static final int NULL = 0;
  static final int EMPTY = 1;
  static final int CONSTANT = 2;
  static final int UTF_8 = 3;
  static final int CHARACTERS = 4;
  static final int LATIN_1 = 5;

  /** So much of the buffer is needed for the longest string that is read. */
  static final int HELD_BYTES = 192 << 10;

  private static final int CHARACTER_MAX_BYTES = 3;
  private static final int MAX_CHARS = HELD_BYTES / CHARACTER_MAX_BYTES;
  private static final int NAME_MAX_CHARS = 256;
  private static final Pattern MASK = Pattern.compile(Redactor.MASK, Pattern.LITERAL);

  private final Redactor redactor;
  private final RecordingBytes bytes;
  private final Map<String, Boolean> namesOfSecrets = new HashMap<>();

  /** The string before, if it is the name of a secret. */
  private @Nullable String name;

  MaskedStrings(Redactor redactor, RecordingBytes bytes) {
    this.redactor = redactor;
    this.bytes = bytes;
  }

  /** The next string follows no other one directly. */
  void separate() {
    name = null;
  }

  /** Masks the string that begins here, the value of this field. */
  void mask(Field field) throws IOException, MalformedRecordingException {
    String before = field.named() ? name : null;
    name = null;
    int encoding = bytes.next();
    switch (encoding) {
      case NULL, EMPTY -> {}
      case CONSTANT -> bytes.number();
      case UTF_8, LATIN_1, CHARACTERS -> {
        int length = bytes.count();
        if (length > MAX_CHARS) {
          maskAll(length, encoding == CHARACTERS);
        } else {
          maskText(length, encoding == CHARACTERS, field.name(), before);
        }
      }
      default -> throw new MalformedRecordingException("no string has encoding " + encoding);
    }
  }

  private void maskText(int length, boolean numbers, String field, @Nullable String before)
      throws IOException, MalformedRecordingException {
    bytes.hold(length * (numbers ? CHARACTER_MAX_BYTES : 1));
    long start = bytes.position();
    char[] characters = new char[length];
    for (int i = 0; i < length; i++) {
      // One byte is one character, so that positions are the same.
      characters[i] = (char) character(numbers);
    }
    String text = new String(characters);
    String shown = shown(text, field, before);
    boolean isMasked = !shown.equals(text);
    // The key of a property may look random and is the name of its value still.
    boolean isValue = isMasked && (before != null || redactor.secret(field));
    name = !isValue && length <= NAME_MAX_CHARS && redactor.isName(text) ? text : null;
    if (!isMasked) {
      return;
    }
    BitSet secret = secretCharacters(text, shown);
    long at = start;
    for (int i = 0; i < length; i++) {
      at = secret.get(i) ? maskCharacter(at, numbers) : characterEnd(at, numbers);
    }
  }

  /** Both names count: that of the field, and the string before. */
  private String shown(String text, String field, @Nullable String before) {
    String shown = before == null ? redactor.text(text) : redactor.value(before, text);
    return namesOfSecrets.computeIfAbsent(field, redactor::isName) && !shown.equals(Redactor.MASK)
        ? redactor.value(field, text)
        : shown;
  }

  private void maskAll(int length, boolean numbers)
      throws IOException, MalformedRecordingException {
    for (int i = 0; i < length; i++) {
      bytes.hold(CHARACTER_MAX_BYTES);
      long start = bytes.position();
      character(numbers);
      maskCharacter(start, numbers);
    }
  }

  /** Returns the next character; its bytes stay in the buffer. */
  private int character(boolean number) throws IOException, MalformedRecordingException {
    long start = bytes.position();
    long character = number ? bytes.number() : bytes.next();
    if (character >>> Character.SIZE != 0 || bytes.position() > start + CHARACTER_MAX_BYTES) {
      throw new MalformedRecordingException("a character is too long");
    }
    return (int) character;
  }

  /**
   * Returns which characters of a text are of secrets: all but those that are shown, with a mask in
   * place of each secret. All are if the text is shown in another way.
   */
  private static BitSet secretCharacters(String text, String shown) {
    BitSet secret = new BitSet(text.length());
    secret.set(0, text.length());
    String[] parts = MASK.split(shown, -1);
    int last = parts.length - 1;
    int at = 0;
    for (int i = 0; i <= last; i++) {
      int earliest = i == 0 ? 0 : text.indexOf(parts[i], at);
      int found = i > 0 && i == last ? text.length() - parts[i].length() : earliest;
      if (earliest < 0 || found < at || !text.startsWith(parts[i], found)) {
        secret.set(0, text.length());
        return secret;
      }
      at = found + parts[i].length();
      secret.clear(found, at);
    }
    return secret;
  }

  /** Masks a character; a number keeps its length. Returns where it ends. */
  private long maskCharacter(long start, boolean number) {
    long end = characterEnd(start, number);
    for (long i = start; i < end; i++) {
      int more = i < end - 1 ? 0x80 : 0;
      bytes.set(i, i == start ? '*' | more : more);
    }
    return end;
  }

  private long characterEnd(long start, boolean number) {
    long end = start + 1;
    while (number && bytes.held(end - 1) < 0) {
      end++;
    }
    return end;
  }
}
