package whorl.agent.hook.weave;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One kind of observed activity: the methods to weave, and what their visits mean. {@link #observe}
 * runs on the application's thread: it must be quick, take no locks and call no code of the
 * application. A hook is therefore a switch over the numbers of its join points and not a table of
 * lambdas, which would be linked at their first call.
 */
public interface Hook {
  /** The hook's group: the word in {@code hooks.disabled} that turns it off. */
  String group();

  /** The join points to weave, each with its number for {@link #observe}. */
  List<HookPoint> joinPoints();

  /**
   * Classes, by internal name, that exist only in versions that this hook does not support, each
   * with the message to report when one is loaded.
   */
  default Map<String, String> notSupported() {
    return Map.of();
  }

  /** Packages of the JDK, by module, whose public classes or fields {@link #observe} reads. */
  default Map<String, List<String>> packagesRead() {
    return Map.of();
  }

  /** Packages of the JDK, by module, whose private members {@link #prepare} looks up. */
  default Map<String, List<String>> packagesOpened() {
    return Map.of();
  }

  /**
   * Loads and links what {@link #observe} needs beyond its own class. Called once, after the
   * packages are opened and before anything is woven.
   */
  default void prepare() {}

  /** The number of visits that were not reported, by counter name. */
  default Map<String, Long> losses() {
    return Map.of();
  }

  /**
   * A woven method was visited.
   *
   * @param at the join point's number in {@link #joinPoints}
   * @param values its operands
   * @param thread this thread's state, for what must be remembered from entry to exit
   */
  void observe(int at, @Nullable Object[] values, ThreadState thread);
}
