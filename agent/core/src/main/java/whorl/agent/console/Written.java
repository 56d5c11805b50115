package whorl.agent.console;

/**
 * What one call wrote to standard output or error.
 *
 * @param err whether to standard error
 * @param thread the writing thread's name; {@code threadIdentity} tells threads of one name apart
 * @param bytes as they were written, a copy
 * @param leftOut how many more of them there were
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy already
public record Written(
    boolean err, long epochNanos, String thread, int threadIdentity, byte[] bytes, long leftOut) {}
