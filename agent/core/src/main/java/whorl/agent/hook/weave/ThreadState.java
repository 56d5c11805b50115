package whorl.agent.hook.weave;

import java.lang.ref.WeakReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;

/**
 * What hooks remember of a thread, in a {@code byte[]} so that a thread-local refers to no class of
 * the agent. A hook that is entered again while it works does nothing.
 */
public final class ThreadState {
  private static final int BUSY = 0;
  private static final int ABSENT_BEFORE_OPEN = 1;
  private static final int DATAGRAM = 2;
  private static final int LINKING = 3;
  private static final int UNOBSERVED = 4;
  private static final int OBSERVED = 5;
  private static final int SIZE = 6;

  /**
   * One of this many visits of a thread is timed. The number is prime: a request repeats the same
   * few visits, so each of them gets timed in turn.
   */
  public static final int VISITS_PER_TIMED = 127;

  /** One of this many visits of a marked thread is checked; a power of two. */
  private static final int UNOBSERVED_PER_CHECK = 32;

  private static final ThreadLocal<byte[]> STATE = new ThreadLocal<>();

  /**
   * A table in which most threads find their state, because the thread-local map of a server's
   * thread is slow. A slot is owned until its thread is gone; on a collision the thread falls back
   * to the ThreadLocal.
   */
  private static final @Nullable Known[] TABLE =
      new Known[1 << MemoryBudget.OF_THIS_JVM.tableBits(12)];

  private final byte[] state;

  private ThreadState(byte[] state) {
    this.state = state;
  }

  /** Safe to publish without synchronization, because its own field is final. */
  private static final class Known extends WeakReference<Thread> {
    final byte[] state;

    Known(Thread thread, byte[] state) {
      super(thread);
      this.state = state;
    }
  }

  /** The state of the current thread. */
  public static byte[] current() {
    Thread thread = Thread.currentThread();
    int hash = System.identityHashCode(thread);
    int slot = hash & (TABLE.length - 1);
    Known known = TABLE[slot];
    if (known != null && known.refersTo(thread)) {
      return known.state;
    }
    byte[] state = STATE.get();
    if (state == null) {
      state = new byte[SIZE];
      // A start that differs by thread, so that threads with few visits are timed as often as
      // others.
      state[OBSERVED] = (byte) (hash % VISITS_PER_TIMED);
      STATE.set(state);
    }
    if (known == null || known.refersTo(null)) {
      TABLE[slot] = new Known(thread, state);
    }
    return state;
  }

  /** Like {@link #busy(byte[])} for the current thread, but creates no state. */
  public static boolean busyNow() {
    byte[] state = STATE.get();
    return state != null && busy(state);
  }

  public static ThreadState of(byte[] state) {
    return new ThreadState(state);
  }

  /** True if a hook is active on this thread, or if it is an agent thread. */
  public static boolean busy(byte[] state) {
    return state[BUSY] != 0;
  }

  /** Counts visits that are not observed; true for every thirty-second of this thread. */
  public static boolean isDue(byte[] state) {
    state[UNOBSERVED]++;
    return (state[UNOBSERVED] & (UNOBSERVED_PER_CHECK - 1)) == 0;
  }

  /** Counts observed visits; true for one of {@link #VISITS_PER_TIMED} of this thread. */
  public static boolean isTimed(byte[] state) {
    int visits = state[OBSERVED] + 1;
    boolean timed = visits >= VISITS_PER_TIMED;
    state[OBSERVED] = (byte) (timed ? 0 : visits);
    return timed;
  }

  public static void busy(byte[] state, boolean busy) {
    state[BUSY] = (byte) (busy ? 1 : 0);
  }

  /**
   * Makes a call that may run code of the application on a thread of the agent. Meanwhile the
   * thread is observed like one of the application.
   */
  public static <T extends @Nullable Object> T observed(Supplier<T> call) {
    byte[] state = current();
    boolean wasBusy = busy(state);
    busy(state, false);
    try {
      return call.get();
    } finally {
      busy(state, wasBusy);
    }
  }

  /** As {@link #busy(byte[])}, for this thread. */
  public boolean busy() {
    return busy(state);
  }

  /** As {@link #busy(byte[], boolean)}, for this thread. */
  public void busy(boolean busy) {
    busy(state, busy);
  }

  public void absentBeforeOpen(boolean absent) {
    state[ABSENT_BEFORE_OPEN] = (byte) (absent ? 1 : 0);
  }

  /** True if the file that was just opened did not exist before; resets the mark. */
  public boolean takeAbsentBeforeOpen() {
    boolean absent = state[ABSENT_BEFORE_OPEN] != 0;
    state[ABSENT_BEFORE_OPEN] = 0;
    return absent;
  }

  public void datagram(boolean inside) {
    state[DATAGRAM] = (byte) (inside ? 1 : 0);
  }

  public boolean datagram() {
    return state[DATAGRAM] != 0;
  }

  public void linking(boolean inside) {
    state[LINKING] = (byte) (inside ? 1 : 0);
  }

  /** True if the JDK is generating a class for a lambda on this thread. */
  public boolean linking() {
    return state[LINKING] != 0;
  }
}
