package whorl.agent.console;

import org.jspecify.annotations.Nullable;

/**
 * What one call wrote to standard output or error.
 *
 * @param sequence grows from write to write
 * @param bytes as they were written, a copy
 * @param leftOut how many more of them there were
 * @param endsLine whether the last of all these is the end of a line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy already
public record ConsoleWrite(
    long sequence, Writer writer, long epochNanos, byte[] bytes, long leftOut, boolean endsLine) {
  /**
   * Whose pieces make lines: one thread and one of the two streams.
   *
   * @param err whether standard error
   * @param thread the writing thread's name; {@code identity} tells threads of one name apart
   */
  public record Writer(boolean err, String thread, int identity) {
    /** Writers that share one have a line less, which is no harm. */
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
