package whorl.collector.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over a chunk's events. Read the values of an event in order: for each field of {@link
 * Type#values}, call once the method for its {@link Field#kind}, or {@link #skip}. For one thread.
 */
public final class Cursor {
  /** What {@link #text} returns for a value that exists but has no name. */
  @SuppressWarnings("MutablePublicArray") // compared by identity, never written
  public static final byte[] NAMELESS = Constants.NAMELESS;

  private final Input input;
  private final int end;
  private final Metadata metadata;
  private final Constants constants;
  private final Clock clock;
  private final Chunk.Stacks stacks;
  private final ValueReader valueReader;
  private int next = Header.BYTES;
  private @Nullable Type type;
  private long typeId;
  private long startTicks;
  private long durationTicks;

  Cursor(Input input, Metadata metadata, Constants constants, Clock clock, Chunk.Stacks stacks) {
    this.input = input;
    this.end = input.limit();
    this.metadata = metadata;
    this.constants = constants;
    this.clock = clock;
    this.stacks = stacks;
    this.valueReader = new ValueReader(constants);
  }

  /**
   * Advances to the next event of a known type.
   *
   * @return its type; null if there are no more events
   * @throws DamagedRecordingException if not even the event's time can be read; the next event may
   *     be readable
   */
  public @Nullable Type next() throws DamagedRecordingException {
    while (next < end) {
      int begin = next;
      next = end; // until the position of the next event is known
      input.limit(end);
      input.position(begin);
      int eventEnd = begin + (int) input.readSize();
      long id = input.readLong();
      input.limit(eventEnd);
      next = eventEnd;
      if (id != typeId || type == null) {
        type = metadata.type(id);
        typeId = id;
      }
      if (type != null && type.isEvent()) {
        startTicks = input.readLong();
        durationTicks = type.hasDuration() ? input.readLong() : 0;
        return type;
      }
    }
    return null;
  }

  /** When the current event began, in nanoseconds since 1970. */
  public long startNanos() {
    return clock.instant(startTicks);
  }

  /** The duration of the event; 0 if its type has none. */
  public long durationNanos() {
    return durationTicks == 0
        ? 0
        : clock.instant(startTicks + durationTicks) - clock.instant(startTicks);
  }

  /** Skips a value. */
  public void skip(Field field) throws DamagedRecordingException {
    ValueSkipper.field(input, field);
  }

  /**
   * Reads a value whose kind {@link Kind#isText}.
   *
   * @return in UTF-8, not to be changed; null if there is none; {@link #NAMELESS} if it has no name
   */
  public byte @Nullable [] text(Field field) throws DamagedRecordingException {
    return constants.names().text(input, field);
  }

  /** Reads an integer that {@link Field#isInPlace}. */
  public long integer(Field field) throws DamagedRecordingException {
    return switch (field.kind()) {
      case BYTE -> input.readByte();
      case SHORT -> input.readShort();
      case INT -> input.readInt();
      default -> input.readLong();
    };
  }

  /** Reads a value of kind {@link Kind#CHAR} that {@link Field#isInPlace}. */
  public char character() throws DamagedRecordingException {
    return input.readChar();
  }

  /** Converts a number that means a time span to nanoseconds. */
  public long spanNanos(Field field, long value) {
    return clock.span(field.time(), value);
  }

  /** Converts ticks to nanoseconds since 1970. */
  public long instantNanos(long ticks) {
    return clock.instant(ticks);
  }

  /** Reads a value of kind {@link Kind#THREAD}; null if there is none. */
  public @Nullable ThreadName thread(Field field) throws DamagedRecordingException {
    return constants.thread(field.type(), input.readLong());
  }

  /** Reads a value of kind {@link Kind#STACK}: the id that the stack store gave it; 0 for none. */
  public long stack(Field field) throws IOException {
    return constants.stack(field.type(), input.readLong(), stacks);
  }

  /**
   * Writes a value of any kind.
   *
   * @return false if there is none; then nothing is written
   */
  public boolean write(Field field, Values out) throws DamagedRecordingException {
    int begin = input.position();
    ValueSkipper.field(input, field);
    int after = input.position();
    input.position(begin);
    boolean exists = valueReader.isThere(input, field);
    if (exists) {
      valueReader.field(input, field, out, 0);
    }
    input.position(after);
    return exists;
  }
}
