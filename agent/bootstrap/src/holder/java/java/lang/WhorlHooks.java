package java.lang;

import java.io.FileDescriptor;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;

/**
 * The class that woven code in the JDK and in frameworks calls. The agent defines this one class in
 * java.base when it starts, so that nothing is appended to the bootstrap class path. It uses JDK
 * types only.
 *
 * <p>It is public because woven classes of every loader call it, so any code can. Therefore no
 * method here arms or disarms anything: the agent sets the fields through a private lookup, and
 * hides them from reflection. A call with a number that the agent did not weave is reported as
 * tampering.
 *
 * <p>Nothing here throws, except when the stack ends before a method of this class has begun: for
 * that the woven code has a handler of its own.
 */
public final class WhorlHooks {
  /**
   * Visits that were lost, and those of them for which there was no room on the stack. Threads may
   * overwrite each other's counts: to count exactly takes calls, which need room as well.
   */
  private static volatile long missed;

  private static volatile long stackEnds;

  /** Receives visits of woven methods; null until the agent is armed. */
  private static volatile ObjIntConsumer<Object[]> observer;

  /** Receives errors that report exhausted memory; null until the agent is armed. */
  private static volatile ObjIntConsumer<Throwable> memory;

  /**
   * Receives tasks that are handed over between threads. Null until there is something to hand
   * over, so that until then a task costs one read.
   */
  private static volatile ObjIntConsumer<Object> tasks;

  /** Decides which calls of probed methods are recorded; null while there is no probe. */
  private static volatile IntFunction<Object[]> probes;

  /** Receives the beginnings and ends of these calls; null while there is no probe. */
  private static volatile ObjIntConsumer<Object[]> calls;

  private WhorlHooks() {}

  /**
   * A probed method is entered.
   *
   * @param joinPoint the number of the method
   * @return an array for the call, whose first three elements are the observer's and which has room
   *     for the arguments behind them; null if the call is not recorded
   */
  public static Object[] probe(int joinPoint) {
    IntFunction<Object[]> armed = probes;
    if (armed == null) {
      return null;
    }
    try {
      return armed.apply(joinPoint);
    } catch (Throwable lost) {
      missedQuietly(lost);
      return null;
    }
  }

  /**
   * A probed method has begun (its number) or returned (the next number).
   *
   * @param call what {@link #probe} returned
   */
  public static void probed(Object[] call, int joinPoint) {
    if (call == null) {
      return;
    }
    ObjIntConsumer<Object[]> armed = calls;
    if (armed != null) {
      try {
        armed.accept(call, joinPoint);
      } catch (Throwable lost) {
        missedQuietly(lost);
      }
    }
  }

  /** A probed method has ended by an exception; its second next number. */
  public static void probed(Object[] call, Object thrown, int joinPoint) {
    if (call != null) {
      call[1] = thrown;
      probed(call, joinPoint);
    }
  }

  /** Counts a visit that was lost on its way to an observer. */
  public static void missed(Throwable lost) {
    missed = missed + 1;
    if (lost instanceof StackOverflowError) {
      stackEnds = stackEnds + 1;
    }
  }

  /**
   * The number of visits that were lost on their way to an observer because stack or memory ran
   * out.
   */
  public static long missedVisits() {
    return missed;
  }

  /** The number of these visits for which there was no room on the stack. */
  public static long stackEnds() {
    return stackEnds;
  }

  /**
   * A task is submitted, run or done; allocates nothing.
   *
   * @param what which of these; the join point's number
   */
  public static void task(Object task, int what) {
    ObjIntConsumer<Object> armed = tasks;
    if (armed != null) {
      try {
        armed.accept(task, what);
      } catch (Throwable lost) {
        missedQuietly(lost);
      }
    }
  }

  /** For calls without a handler around them. */
  private static void missedQuietly(Throwable lost) {
    try {
      missed(lost);
    } catch (Throwable noStack) {
      // The application must continue.
    }
  }

  /**
   * A throwable passes a hooked place. Only an {@link OutOfMemoryError} is relevant; there is no
   * memory left then, so nothing is allocated.
   *
   * @param how the kind of place; the join point's number
   */
  public static void thrown(Object thrown, int how) {
    if (thrown instanceof OutOfMemoryError) {
      outOfMemory((OutOfMemoryError) thrown, how);
    }
  }

  private static void outOfMemory(OutOfMemoryError error, int how) {
    ObjIntConsumer<Throwable> armed = memory;
    if (armed != null) {
      try {
        armed.accept(error, how);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  /**
   * Bytes are written to a file. Most files are irrelevant, which two comparisons show; nothing is
   * allocated for them.
   */
  public static void console(
      FileDescriptor fd, byte[] bytes, int offset, int length, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(fd == FileDescriptor.err, bytes, offset, length, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, byte[] bytes, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(fd == FileDescriptor.err, bytes, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, int octet, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(fd == FileDescriptor.err, octet, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, ByteBuffer buffer, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(fd == FileDescriptor.err, buffer, joinPoint);
    }
  }

  /** A woven method was entered or left. */
  public static void at(int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(new Object[0], joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  public static void at(Object first, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(new Object[] {first}, joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  public static void at(Object first, Object second, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(new Object[] {first, second}, joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  public static void at(Object first, Object second, Object third, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(new Object[] {first, second, third}, joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  public static void at(Object first, Object second, Object third, Object fourth, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(new Object[] {first, second, third, fourth}, joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }

  /** As above, for more operands. */
  public static void at(Object[] values, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(values, joinPoint);
      } catch (Throwable lost) {
        missed(lost);
      }
    }
  }
}
