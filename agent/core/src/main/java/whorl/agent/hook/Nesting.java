package whorl.agent.hook;

import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import whorl.agent.hook.tamper.TamperHook;
import whorl.agent.hook.tamper.Tampering;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.StackFormat;

/**
 * Finds threads of the application that something marked as not observed. A visit on a marked
 * thread comes from a hook itself or from an agent thread; then a frame of ours is further down the
 * stack, or the thread is known. Walking the stack at each such visit costs too much, so only every
 * thirty-second one is checked.
 */
final class Nesting implements Function<Stream<StackWalker.StackFrame>, Boolean> {
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final Predicate<Thread> own;
  private final TamperHook tamper;

  Nesting(Predicate<Thread> own, TamperHook tamper) {
    this.own = own;
    this.tamper = tamper;
  }

  /**
   * Checks a visit by a marked thread.
   *
   * @return true if the mark is forged; it is then removed and reported
   */
  boolean isForged(byte[] state) {
    if (!ThreadState.isDue(state) || own.test(Thread.currentThread()) || WALKER.walk(this)) {
      return false;
    }
    ThreadState.busy(state, true);
    try {
      tamper.report(Tampering.THREAD_HIDDEN, Thread.currentThread().getName(), "observed again");
    } finally {
      ThreadState.busy(state, false);
    }
    return true;
  }

  /** True if there is a frame of ours below the ones that lead from the woven method to here. */
  @Override
  public Boolean apply(Stream<StackWalker.StackFrame> frames) {
    boolean foreign = false;
    for (Iterator<StackWalker.StackFrame> iterator = frames.iterator(); iterator.hasNext(); ) {
      StackWalker.StackFrame frame = iterator.next();
      if (!StackFormat.isOurs(frame)) {
        foreign = true;
      } else if (foreign) {
        return Boolean.TRUE;
      }
    }
    return Boolean.FALSE;
  }
}
