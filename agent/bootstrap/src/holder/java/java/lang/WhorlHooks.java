package java.lang;

import java.io.FileDescriptor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * What woven code in the JDK and in frameworks calls. The agent defines this one class in java.base
 * when it starts, so that nothing is appended to the bootstrap class path; it speaks JDK types
 * only.
 */
public final class WhorlHooks {
  private static volatile ObjIntConsumer<Object[]> observer;
  private static volatile Consumer<Throwable> memory;
  private static volatile ObjIntConsumer<Object> tasks;

  private WhorlHooks() {}

  /** Arms (or, with null, disarms) all hooks at once; called last, when everything is loaded. */
  public static void arm(ObjIntConsumer<Object[]> armed) {
    observer = armed;
  }

  /** Arms (or, with null, disarms) what is told of memory that ran out. */
  public static void armMemory(Consumer<Throwable> armed) {
    memory = armed;
  }

  /**
   * Arms (or, with null, disarms) what is told of tasks that are handed on between threads; not
   * before there is anything to be handed on, so that until then a task costs one look here.
   */
  public static void armTasks(ObjIntConsumer<Object> armed) {
    tasks = armed;
  }

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
