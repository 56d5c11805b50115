package whorl.collector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Whether the collector can do what it is for, and what it can't do just now. Each part says for
 * itself. Thread-safe.
 */
public final class Readiness {
  private final List<Check> needed = new CopyOnWriteArrayList<>();
  private final List<Check> wanted = new CopyOnWriteArrayList<>();
  private volatile @Nullable String recovering = "recovering";

  /** Looks at one part. */
  @FunctionalInterface
  public interface Check {
    /** What it can't do, in a sentence; null when all is well. */
    @Nullable String problem();
  }

  /**
   * How things stand.
   *
   * @param ready whether evidence can be received
   */
  record State(boolean ready, List<String> problems) {}

  /** Without this no evidence can be received. */
  void needs(Check check) {
    needed.add(check);
  }

  /** Without this something else can't be done. */
  void wants(Check check) {
    wanted.add(check);
  }

  /** How far the start is. */
  void recovering(int left) {
    recovering = "recovering, " + left + " left";
  }

  /** The start is done. */
  void recovered() {
    recovering = null;
  }

  State now() {
    String starting = recovering;
    if (starting != null) {
      return new State(false, List.of(starting));
    }
    List<String> problems = new ArrayList<>();
    addProblems(needed, problems);
    boolean ready = problems.isEmpty();
    addProblems(wanted, problems);
    return new State(ready, problems);
  }

  private static void addProblems(List<Check> checks, List<String> problems) {
    for (Check check : checks) {
      String problem = problem(check);
      if (problem != null) {
        problems.add(problem);
      }
    }
  }

  private static @Nullable String problem(Check check) {
    try {
      return check.problem();
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
