package whorl.collector.wiring.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Whether the collector can receive evidence, and what does not work at the moment. Each part adds
 * its own check. Thread-safe.
 */
public final class Readiness {
  private final List<Check> required = new CopyOnWriteArrayList<>();
  private final List<Check> optional = new CopyOnWriteArrayList<>();
  private volatile Check edge = () -> null;
  private volatile @Nullable String recovering = "recovering";
  private volatile boolean draining;

  /** Checks one part. */
  @FunctionalInterface
  public interface Check {
    /** The problem, in a sentence; null if there is none. */
    @Nullable String problem();
  }

  /**
   * The state of the collector.
   *
   * @param ready true if evidence can be received
   */
  public record State(boolean ready, List<String> problems) {}

  /** Adds a check without which no evidence can be received. */
  public void addRequired(Check check) {
    required.add(check);
  }

  /** Adds a check whose failure affects only other functions. */
  public void addOptional(Check check) {
    optional.add(check);
  }

  /** Adds the check whether connections are served at all. */
  public void setEdge(Check check) {
    edge = check;
  }

  /** Forgets the checks of parts that are closed again. */
  public void startOver() {
    required.clear();
    optional.clear();
  }

  /** Why connections are not served, in a sentence; null if they are. */
  public @Nullable String edgeProblem() {
    return edge.problem();
  }

  /** Sets how much recovery work is left. */
  public void recovering(int remaining) {
    recovering = "recovering, " + remaining + " left";
  }

  /** The start waits for something that is away; null when it goes on. */
  public void waitsFor(@Nullable String what) {
    recovering = what == null ? "recovering" : "waiting: " + what;
  }

  /** The start is complete. */
  public void recovered() {
    recovering = null;
  }

  /** The collector ends, and requests are to go elsewhere; it still serves those that come. */
  public void draining() {
    draining = true;
  }

  public State now() {
    if (draining) {
      return new State(false, List.of("draining: the collector ends; use another"));
    }
    String starting = recovering;
    if (starting != null) {
      return new State(false, List.of(starting));
    }
    List<String> problems = new ArrayList<>();
    addProblems(List.of(edge), problems);
    addProblems(required, problems);
    boolean ready = problems.isEmpty();
    addProblems(optional, problems);
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
