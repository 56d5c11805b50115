package whorl.agent.redact.stream;

/**
 * Finds where the events of a recording end, and its string constants, as the bytes pass. What
 * looks like a text is none if it goes beyond the end of its event.
 *
 * <pre>
 * chunk:             header (68 bytes)  events
 * event:             size with itself  type  …
 * string constants:  size with itself  type (1)  start  duration  distance  flags (1 byte)
 *                    pools (1)  type of the constants  count  constants
 * constant:          id  string
 * </pre>
 *
 * <p>Numbers are LEB128 if no size is given. A chunk with other contents is taken as one event, and
 * a recording that begins differently as well.
 *
 * @see <a
 *     href="https://github.com/openjdk/jdk/blob/master/src/jdk.jfr/share/classes/jdk/jfr/internal/consumer/ChunkParser.java">ChunkParser</a>
 */
final class ChunkEvents {
  private static final int HEADER_BYTES = 68;

  /** The end of what is not understood. */
  private static final long NEVER = Long.MAX_VALUE;

  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int SIZE_AT = 8;
  private static final int NUMBER_MAX_BYTES = 9;
  private static final int CHECKPOINT = 1;
  private static final int NUMBERS_BEFORE_FLAGS = 5;

  private static final int NULL = 0;
  private static final int EMPTY = 1;
  private static final int CONSTANT = 2;

  /** The position at which the next chunk begins. */
  private long chunkEnd;

  private int constants;

  /**
   * Returns the position at which ends what begins here: a chunk's header, or an event.
   *
   * @param at where it begins in the buffer
   * @param filled where the buffer's contents end
   * @param position of {@code at} in the recording, at least what was returned before
   */
  long end(byte[] buffer, int at, int filled, long position) {
    if (position >= chunkEnd) {
      boolean known = filled - at >= HEADER_BYTES && bigEndian(buffer, at, 4) == MAGIC;
      long size = known ? bigEndian(buffer, at + SIZE_AT, 8) : 0;
      boolean bounded = size > HEADER_BYTES && size < NEVER - position;
      chunkEnd = bounded ? position + size : NEVER;
      return bounded ? position + HEADER_BYTES : NEVER;
    }
    int sizeBytes = numberEnd(buffer, at, filled) - at;
    long size = number(buffer, at, filled); // it may have more bytes than it needs
    return size > sizeBytes && size <= chunkEnd - position ? position + size : chunkEnd;
  }

  /**
   * Returns where the first constant begins if an event of string constants begins here; -1 if it
   * is another event. Of one that goes beyond the buffer, what is in the buffer counts.
   *
   * @param end where the event ends, or the buffer's contents
   * @param whole false if the event goes beyond the buffer
   */
  int stringConstants(byte[] buffer, int at, int end, boolean whole) {
    constants = 0;
    int next = numberEnd(buffer, at, end);
    if (number(buffer, next, end) != CHECKPOINT) {
      return -1;
    }
    for (int i = 1; i < NUMBERS_BEFORE_FLAGS; i++) {
      next = numberEnd(buffer, next, end);
    }
    next++;
    if (number(buffer, next, end) != 1) {
      return -1;
    }
    int countAt = numberEnd(buffer, numberEnd(buffer, next, end), end);
    long count = number(buffer, countAt, end);
    int first = numberEnd(buffer, countAt, end);
    if (first >= end) {
      return -1;
    }
    int last = first;
    for (long i = 0; i < count && last < end; i++) {
      int stringEnd = stringEnd(buffer, numberEnd(buffer, last, end), end);
      if (stringEnd < 0 || stringEnd > end) {
        return whole || stringEnd < 0 || i == 0 ? -1 : begun(first, count);
      }
      last = stringEnd;
    }
    return !whole || last == end ? begun(first, count) : -1;
  }

  private int begun(int first, long count) {
    constants = (int) Math.min(count, Integer.MAX_VALUE);
    return first;
  }

  /** The number of constants of the event that {@link #stringConstants} found. */
  int constants() {
    return constants;
  }

  /**
   * Returns where the string ends whose encoding is here; more than the limit if it is cut, and -1
   * if it is none.
   */
  static int stringEnd(byte[] buffer, int at, int limit) {
    if (at >= limit) {
      return limit + 1;
    }
    int start = numberEnd(buffer, at + 1, limit);
    long length = number(buffer, at + 1, limit);
    return switch (buffer[at]) {
      case NULL, EMPTY -> at + 1;
      case CONSTANT -> start;
      case RecordingFilter.UTF_8, RecordingFilter.LATIN_1 ->
          length > limit - start ? limit + 1 : start + (int) length;
      case RecordingFilter.CHARACTERS -> charactersEnd(buffer, start, length, limit);
      default -> -1;
    };
  }

  private static int charactersEnd(byte[] buffer, int start, long length, int limit) {
    int end = start;
    for (long i = 0; i < length && end <= limit; i++) {
      end = numberEnd(buffer, end, limit);
    }
    return end;
  }

  /** Returns where the number ends that begins here; more than the limit if it is cut. */
  static int numberEnd(byte[] buffer, int at, int limit) {
    int end = at;
    while (end < limit && end - at < NUMBER_MAX_BYTES - 1 && buffer[end] < 0) {
      end++;
    }
    return end + 1;
  }

  /** The number that begins here; any number if it is cut. */
  private static long number(byte[] buffer, int at, int limit) {
    long number = 0;
    int end = Math.min(numberEnd(buffer, at, limit), limit);
    for (int i = at; i < end; i++) {
      number |= (buffer[i] & 0x7FL) << (7 * (i - at));
    }
    return number;
  }

  private static long bigEndian(byte[] buffer, int at, int bytes) {
    long number = 0;
    for (int i = at; i < at + bytes; i++) {
      number = number << 8 | buffer[i] & 0xFF;
    }
    return number;
  }
}
