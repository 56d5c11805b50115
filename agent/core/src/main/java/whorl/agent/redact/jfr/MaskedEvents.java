package whorl.agent.redact.jfr;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.jfr.ChunkTypes.Field;
import whorl.agent.redact.jfr.ChunkTypes.Form;
import whorl.agent.redact.jfr.ChunkTypes.Type;

/**
 * Masks the events of a chunk, value by value.
 *
 * <pre>
 * event:      size with itself  type  values of its fields
 * metadata:   size with itself  type (0)  …
 * constants:  size with itself  type (1)  start  duration  distance  flags (1 byte)
 *             number of pools  (type of the constants  count  (number  value)…)…
 * </pre>
 *
 * <p>Numbers are LEB128. An event whose values are not as described is replaced by zeros, which
 * readers skip as they do metadata: what is a string in it is not known.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/ChunkParser.java">ChunkParser</a>
 */
final class MaskedEvents {
  private static final long METADATA = 0;
  private static final long CONSTANTS = 1;
  private static final int NUMBERS_BEFORE_FLAGS = 3;
  private static final int MAX_DEPTH = 16;

  private final RecordingBytes bytes;
  private final MaskedStrings strings;
  private final ChunkTypes types;
  private long blanked;

  MaskedEvents(RecordingBytes bytes, MaskedStrings strings, ChunkTypes types) {
    this.bytes = bytes;
    this.strings = strings;
    this.types = types;
  }

  /**
   * Masks all events from here on.
   *
   * @param end the position where the chunk ends
   * @return the number of events that were replaced
   * @throws MalformedRecordingException if an event has no size
   */
  long mask(long end) throws IOException, MalformedRecordingException {
    while (bytes.position() < end) {
      bytes.limit(end);
      event();
    }
    bytes.limit(Long.MAX_VALUE);
    return blanked;
  }

  private void event() throws IOException, MalformedRecordingException {
    long end = bytes.eventEnd();
    long contents = bytes.position();
    bytes.limit(end);
    bytes.hold((int) Math.min(end - contents, MaskedStrings.HELD_BYTES));
    try {
      contents(bytes.number());
      bytes.blank(bytes.position(), end);
    } catch (MalformedRecordingException unknown) {
      bytes.blank(contents, end);
      blanked++;
    }
  }

  private void contents(long type) throws IOException, MalformedRecordingException {
    strings.separate();
    if (type == METADATA) {
      bytes.skip(bytes.left());
    } else if (type == CONSTANTS) {
      constants();
    } else {
      value(types.type(type), Field.NONE, 0);
    }
  }

  private void constants() throws IOException, MalformedRecordingException {
    for (int i = 0; i < NUMBERS_BEFORE_FLAGS; i++) {
      bytes.number();
    }
    bytes.skip(1);
    for (int pools = bytes.count(); pools > 0; pools--) {
      Type type = types.type(bytes.number());
      for (int constants = bytes.count(); constants > 0; constants--) {
        bytes.number();
        strings.separate();
        value(type, Field.NONE, 0);
      }
    }
  }

  private void values(Field field, int depth) throws IOException, MalformedRecordingException {
    for (int left = field.array() ? bytes.count() : 1; left > 0; left--) {
      if (field.constant()) {
        bytes.number();
        strings.separate();
      } else {
        value(types.type(field.type()), field, depth);
      }
    }
  }

  /** Masks one value. */
  private void value(@Nullable Type type, Field field, int depth)
      throws IOException, MalformedRecordingException {
    if (type == null || !type.isReadable() || depth > MAX_DEPTH) {
      throw new MalformedRecordingException("a value of an unknown type");
    }
    if (type.form() == Form.STRING) {
      strings.mask(field);
      return;
    }
    strings.separate();
    switch (type.form()) {
      case BYTE -> bytes.skip(1);
      case NUMBER -> bytes.number();
      case FLOAT -> bytes.skip(Float.BYTES);
      case DOUBLE -> bytes.skip(Double.BYTES);
      default -> {
        for (Field next : type.fields()) {
          values(next, depth + 1);
        }
      }
    }
  }
}
