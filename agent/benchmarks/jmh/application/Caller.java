package application;

import java.lang.reflect.Field;
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
    Field observer = Class.forName("java.lang.WhorlHooks").getDeclaredField("observer");
    observer.setAccessible(true);
    ClassLoader agent = observer.get(null).getClass().getClassLoader();
    agent.loadClass("whorl.agent.hook.Hooks").getMethod("ignoreThisThread").invoke(null);
  }

  /** Calls it so many frames further down. */
  static <T> T down(int frames, Callable<T> action) throws Exception {
    return frames == 0 ? action.call() : down(frames - 1, action);
  }
}
