package whorl.agent.probe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.evidence.channel.ProbeCall;

/**
 * A call as the application's thread recorded it; an agent thread makes a message of it.
 *
 * @param epochNanos when it began, since 1970
 * @param stack empty unless the probe asks for it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedCall(
    long number,
    long epochNanos,
    String thread,
    String method,
    List<String> arguments,
    @Nullable String thrown,
    long nanos,
    @Nullable String request,
    StackTraceElement[] stack) {
  private static final int CALL_BYTES = 400;
  private static final int FRAME_BYTES = 160;
  private static final int NAME_MAX_CHARS = 256;

  /** Approximate bytes, in memory and in a message. */
  int bytes() {
    int bytes = CALL_BYTES + FRAME_BYTES * stack.length;
    for (int i = 0; i < arguments.size(); i++) {
      bytes += 2 * arguments.get(i).length();
    }
    return bytes;
  }

  ProbeCall message() {
    List<String> frames = new ArrayList<>(stack.length);
    for (StackTraceElement each : stack) {
      frames.add(cut(each.toString()));
    }
    long second = TimeUnit.SECONDS.toNanos(1);
    return new ProbeCall(
        number,
        Instant.ofEpochSecond(Math.floorDiv(epochNanos, second), Math.floorMod(epochNanos, second)),
        cut(thread),
        cut(method),
        arguments,
        thrown == null ? null : cut(thrown),
        nanos,
        request,
        frames);
  }

  private static String cut(String text) {
    return text.length() <= NAME_MAX_CHARS ? text : text.substring(0, NAME_MAX_CHARS - 1) + "…";
  }
}
