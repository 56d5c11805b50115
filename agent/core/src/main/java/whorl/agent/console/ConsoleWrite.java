package whorl.agent.console;

import org.jspecify.annotations.Nullable;

/**
 * One write to standard output or error.
 *
 * @param sequence increases from write to write
 * @param bytes a copy of the written bytes
 * @param leftOut number of additional bytes
 * @param endsLine true if the last of all these bytes ends a line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy already
public record ConsoleWrite(
    long sequence, Writer writer, long epochNanos, byte[] bytes, long leftOut, boolean endsLine) {
  /**
   * One thread and one of the two streams, whose pieces form lines.
   *
   * @param err true for standard error
   * @param thread the writing thread's name; {@code identity} distinguishes threads of one name
   */
  public record Writer(boolean err, String thread, int identity) {
    /** Writers may share a key; a line may then be left out, which is acceptable. */
    long key() {
      return (long) identity << 1 | (err ? 1 : 0);
    }

    /** As {@link #equals}, which would link a method handle on the application's thread. */
    boolean isSame(@Nullable Writer other) {
      return other != null
          && identity == other.identity
          && err == other.err
          && thread.equals(other.thread);
    }
  }
}
