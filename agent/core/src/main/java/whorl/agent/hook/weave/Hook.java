package whorl.agent.hook.weave;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One kind of activity that is watched: which methods are woven, and what their visits mean. {@link
 * #observe} runs on the application's thread: quick, without locks, without calling any code of the
 * application.
 */
public interface Hook {
  /** The word by which {@code hooks.disabled} turns it off. */
  String word();

  /** Where to weave. The position in this list comes back as {@code at} in {@link #observe}. */
  List<JoinPoint> joinPoints();

  /**
   * Classes, by internal name, that only a version has which this hook does not support, each with
   * what is said when one is loaded.
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
   * Loads and links what {@link #observe} needs beyond its own class. Called once, when the
   * packages are open and before anything is woven.
   */
  default void prepare() {}

  /** Visits that were not told, by counter name: each of them is counted. */
  default Map<String, Long> losses() {
    return Map.of();
  }

  /**
   * A woven method was visited.
   *
   * @param at which join point
   * @param values its operands
   * @param thread this thread's state, for what must be remembered from entry to exit
   */
  void observe(int at, @Nullable Object[] values, ThreadState thread);
}
