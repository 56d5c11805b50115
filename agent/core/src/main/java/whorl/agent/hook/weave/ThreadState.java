package whorl.agent.hook.weave;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;

/**
 * What hooks remember of a thread, in a {@code byte[]} so that a thread-local holds nothing of the
 * agent's. A hook that is entered again while it works does nothing.
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
   * Of a thread's visits one of so many is timed. A prime: a request makes the same few visits
   * again and again, and each of them gets its turn.
   */
  public static final int VISITS_PER_TIMED = 127;

  /** A power of two. */
  private static final int UNOBSERVED_PER_LOOK = 32;

  private static final ThreadLocal<byte[]> STATE = new ThreadLocal<>();

  /**
   * Most threads find their state here: a server's threads have many locals, whose map is slow. A
   * place is taken until its thread is gone; whoever finds another thread there has only the local.
   */
  private static final @Nullable Known[] KNOWN =
      new Known[1 << MemoryBudget.OF_THIS_JVM.tableBits(12)];

  private final byte[] state;

  private ThreadState(byte[] state) {
    this.state = state;
  }

  /** Seen by other threads whole or not at all: what it adds is final. */
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
    int place = hash & (KNOWN.length - 1);
    Known known = KNOWN[place];
    if (known != null && known.refersTo(thread)) {
      return known.state;
    }
    byte[] state = STATE.get();
    if (state == null) {
      state = new byte[SIZE];
      // Anywhere in the round, so that threads of few visits are timed as often as the others.
      state[OBSERVED] = (byte) (hash % VISITS_PER_TIMED);
      STATE.set(state);
    }
    if (known == null || known.refersTo(null)) {
      KNOWN[place] = new Known(thread, state);
    }
    return state;
  }

  /** As {@link #busy(byte[])} of the current thread, without making a state for it. */
  public static boolean busyNow() {
    byte[] state = STATE.get();
    return state != null && busy(state);
  }

  public static ThreadState of(byte[] state) {
    return new ThreadState(state);
  }

  /** Whether a hook is at work on this thread, or the thread is the agent's own. */
  public static boolean busy(byte[] state) {
    return state[BUSY] != 0;
  }

  /** Counts visits that are not observed; true for every thirty-second of this thread. */
  public static boolean isDue(byte[] state) {
    state[UNOBSERVED]++;
    return (state[UNOBSERVED] & (UNOBSERVED_PER_LOOK - 1)) == 0;
  }

  /** Counts visits that are observed; true for one of {@link #VISITS_PER_TIMED} of this thread. */
  public static boolean isTimed(byte[] state) {
    int visits = state[OBSERVED] + 1;
    boolean timed = visits >= VISITS_PER_TIMED;
    state[OBSERVED] = (byte) (timed ? 0 : visits);
    return timed;
  }

  public static void busy(byte[] state, boolean busy) {
    state[BUSY] = (byte) (busy ? 1 : 0);
  }

  public void absentBeforeOpen(boolean absent) {
    state[ABSENT_BEFORE_OPEN] = (byte) (absent ? 1 : 0);
  }

  /** Whether the file that was just opened was not there before; asked once. */
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

  /** Whether the JDK makes a class for a lambda on this thread. */
  public boolean linking() {
    return state[LINKING] != 0;
  }
}
