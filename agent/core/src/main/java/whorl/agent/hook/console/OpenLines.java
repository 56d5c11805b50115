package whorl.agent.hook.console;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings of lines whose ends are still to be written, a bounded number of them and without
 * a lock. When two threads meet in one place the earlier beginning is lost; only events are made of
 * these, the ring has it all.
 */
final class OpenLines {
  private static final int PLACES = 128;

  /** Of a line; the rest is left out. */
  static final int MAX_BYTES = 8 << 10;

  private static final byte[] NOTHING = {};

  private record Beginning(int thread, boolean err, byte[] bytes) {}

  private final AtomicReferenceArray<@Nullable Beginning> places =
      new AtomicReferenceArray<>(PLACES);

  /** Takes back what {@link #put} was given by this thread; empty when there is nothing. */
  byte[] take(int thread, boolean err) {
    Beginning found = places.getAndSet(place(thread, err), null);
    return found != null && found.thread == thread && found.err == err ? found.bytes : NOTHING;
  }

  /** Keeps {@code before} with what follows it, cut at 8 KiB. */
  void put(int thread, boolean err, byte[] before, byte[] bytes, int from) {
    places.set(
        place(thread, err), new Beginning(thread, err, joined(before, bytes, from, bytes.length)));
  }

  static byte[] joined(byte[] before, byte[] bytes, int from, int to) {
    int kept = Math.max(0, Math.min(to - from, MAX_BYTES - before.length));
    byte[] line = Arrays.copyOf(before, before.length + kept);
    System.arraycopy(bytes, from, line, before.length, kept);
    return line;
  }

  private static int place(int thread, boolean err) {
    return ((thread * 31) ^ (thread >>> 7) ^ (err ? 1 : 0)) & (PLACES - 1);
  }
}
