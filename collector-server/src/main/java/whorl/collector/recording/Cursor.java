package whorl.collector.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over a chunk's events. The values of an event are told one after the other, each field of
 * {@link Type#values} once, by the method for its {@link Field#kind}; or skipped. For one thread.
 */
public final class Cursor {
  /** What {@link #text} tells of what is there and has no name. */
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
   * Goes on to the next event of a known type.
   *
   * @return its type; null where there is none any more
   * @throws DamagedRecordingException when the event has not even a time; the one after it may
   */
  public @Nullable Type next() throws DamagedRecordingException {
    while (next < end) {
      int begin = next;
      next = end; // until it is known where the next one is
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

  /** When the event at hand began, in nanoseconds since 1970. */
  public long startNanos() {
    return clock.instant(startTicks);
  }

  /** How long it lasted; 0 where its type has no duration. */
  public long durationNanos() {
    return durationTicks == 0
        ? 0
        : clock.instant(startTicks + durationTicks) - clock.instant(startTicks);
  }

  /** Steps over a value. */
  public void skip(Field field) throws DamagedRecordingException {
    ValueSkipper.field(input, field);
  }

  /**
   * A value of a kind that {@link Kind#isText}.
   *
   * @return in UTF-8, not to be changed; null where there is none; {@link #NAMELESS} for what has
   *     no name
   */
  public byte @Nullable [] text(Field field) throws DamagedRecordingException {
    return constants.names().text(input, field);
  }

  /** A number without a fraction that {@link Field#isInPlace}. */
  public long whole(Field field) throws DamagedRecordingException {
    return switch (field.kind()) {
      case BYTE -> input.readByte();
      case SHORT -> input.readShort();
      case INT -> input.readInt();
      default -> input.readLong();
    };
  }

  /** A value of kind {@link Kind#CHAR} that {@link Field#isInPlace}. */
  public char character(Field field) throws DamagedRecordingException {
    return input.readChar();
  }

  /** Nanoseconds of a number that means a span of time. */
  public long spanNanos(Field field, long value) {
    return clock.span(field.time(), value);
  }

  /** Nanoseconds since 1970 of a number of ticks. */
  public long instantNanos(long ticks) {
    return clock.instant(ticks);
  }

  /** A value of kind {@link Kind#THREAD}; null where there is none. */
  public @Nullable ThreadName thread(Field field) throws DamagedRecordingException {
    return constants.thread(field.type(), input.readLong());
  }

  /** What a value of kind {@link Kind#STACK} is called by who keeps stacks; 0 for none. */
  public long stack(Field field) throws IOException {
    return constants.stack(field.type(), input.readLong(), stacks);
  }

  /**
   * Tells a value of whatever kind.
   *
   * @return false where there is none, and nothing was told
   */
  public boolean tell(Field field, Values out) throws DamagedRecordingException {
    int begin = input.position();
    ValueSkipper.field(input, field);
    int after = input.position();
    input.position(begin);
    boolean there = valueReader.isThere(input, field);
    if (there) {
      valueReader.field(input, field, out, 0);
    }
    input.position(after);
    return there;
  }
}
