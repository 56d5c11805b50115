package whorl.agent.console;

/**
 * What one call wrote to standard output or error.
 *
 * @param err whether to standard error
 * @param thread the writing thread's name; {@code threadIdentity} tells threads of one name apart
 * @param bytes as they were written, a copy
 * @param leftOut how many more of them there were
 * @param endsLine whether the last of all these is the end of a line
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy already
public record Written(
    boolean err,
    long epochNanos,
    String thread,
    int threadIdentity,
    byte[] bytes,
    long leftOut,
    boolean endsLine) {
  /** Whose pieces make lines: one thread and one of the two streams. */
  public record Writer(boolean err, String thread, int identity) {}

  /** What was written as a whole. */
  public static Written whole(
      boolean err, long epochNanos, String thread, int threadIdentity, byte[] bytes) {
    boolean endsLine = bytes.length > 0 && bytes[bytes.length - 1] == '\n';
    return new Written(err, epochNanos, thread, threadIdentity, bytes, 0, endsLine);
  }

  Writer writer() {
    return new Writer(err, thread, threadIdentity);
  }
}
