package java.lang;

import java.io.FileDescriptor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * What woven code in the JDK and in frameworks calls. The agent defines this one class in java.base
 * when it starts, so that nothing is appended to the bootstrap class path; it speaks JDK types
 * only.
 *
 * <p>It is public because woven classes of every loader call it, so any code can. Therefore no
 * method here arms or disarms anything: the agent sets the fields through a private lookup, and
 * hides them from reflection. A call with a number that the agent did not weave is reported as
 * tampering.
 */
public final class WhorlHooks {
  /** Receives visits of woven methods; null until the agent is armed. */
  private static volatile ObjIntConsumer<Object[]> observer;

  /** Receives errors that say that memory ran out; null until the agent is armed. */
  private static volatile Consumer<Throwable> memory;

  /**
   * Receives tasks that are handed on between threads. Null until there is something to hand on, so
   * that until then a task costs one read.
   */
  private static volatile ObjIntConsumer<Object> tasks;

  private WhorlHooks() {}

  /**
   * A task is handed in, run or done; never throws and allocates nothing.
   *
   * @param what which of these, as the join point has it
   */
  public static void task(Object task, int what) {
    ObjIntConsumer<Object> armed = tasks;
    if (armed != null) {
      try {
        armed.accept(task, what);
      } catch (Throwable ignored) {
        // The observer counts its failures itself; here the application must go on.
      }
    }
  }

  /**
   * Something thrown passed by. It is an {@link OutOfMemoryError} or of no concern; here is no
   * memory to be had, so nothing is allocated. Never throws.
   */
  public static void thrown(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError) {
      outOfMemory(thrown);
    }
  }

  private static void outOfMemory(Throwable error) {
    Consumer<Throwable> armed = memory;
    if (armed != null) {
      try {
        armed.accept(error);
      } catch (Throwable ignored) {
        // As below; and there would be no memory to say it with.
      }
    }
  }

  /**
   * Something is written to a file. Most files are of no concern, which two comparisons tell;
   * nothing is allocated for them. Never throws.
   */
  public static void console(
      FileDescriptor fd, byte[] bytes, int offset, int length, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(new Object[] {fd == FileDescriptor.err, bytes, offset, length}, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, byte[] bytes, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(new Object[] {fd == FileDescriptor.err, bytes}, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, int octet, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(new Object[] {fd == FileDescriptor.err, octet}, joinPoint);
    }
  }

  public static void console(FileDescriptor fd, ByteBuffer buffer, int joinPoint) {
    if (fd == FileDescriptor.out || fd == FileDescriptor.err) {
      at(new Object[] {fd == FileDescriptor.err, buffer}, joinPoint);
    }
  }

  /** A woven method was entered or left; never throws. */
  public static void at(Object[] values, int joinPoint) {
    ObjIntConsumer<Object[]> armed = observer;
    if (armed != null) {
      try {
        armed.accept(values, joinPoint);
      } catch (Throwable ignored) {
        // The observer counts its failures itself; here the application must go on.
      }
    }
  }
}
