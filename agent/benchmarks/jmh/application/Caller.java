package application;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The thread that does what is hooked; not observed where the benchmark shall be filtered. */
@State(Scope.Thread)
public class Caller {
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    ignoreWhereFiltered();
  }

  /** Does for the current thread what the agent does for its own. */
  static void ignoreWhereFiltered() throws ReflectiveOperationException {
    if (!Boolean.getBoolean("benchmark.filtered")) {
      return;
    }
    ClassLoader agent = agentLoader();
    Method add = agent.loadClass("whorl.agent.thread.AgentThreads").getDeclaredMethod("add", Thread.class);
    add.setAccessible(true);
    add.invoke(null, Thread.currentThread());
    Class<?> state = agent.loadClass("whorl.agent.hook.weave.ThreadState");
    Object current = state.getMethod("current").invoke(null);
    state.getMethod("busy", byte[].class, boolean.class).invoke(null, current, true);
  }

  /** The agent's loader, from the work of one of its threads; java.lang is open to this module. */
  private static ClassLoader agentLoader() throws ReflectiveOperationException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("whorl-")) {
        boolean inHolder = Runtime.version().feature() >= 19;
        Object owner = inHolder ? value(thread, "holder") : thread;
        return value(owner, inHolder ? "task" : "target").getClass().getClassLoader();
      }
    }
    throw new IllegalStateException("there is no agent");
  }

  private static Object value(Object owner, String name) throws ReflectiveOperationException {
    Class<?> type = owner instanceof Thread ? Thread.class : owner.getClass();
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }

  /** Calls it so many frames further down. */
  static <T> T down(int frames, Callable<T> action) throws Exception {
    return frames == 0 ? action.call() : down(frames - 1, action);
  }
}
