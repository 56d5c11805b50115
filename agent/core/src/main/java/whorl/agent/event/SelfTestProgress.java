package whorl.agent.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Records how far self-test events come. A test begins with a call of a woven method and passes the
 * same stages as an event; each stage stores the number of the newest test that reached it. Any
 * thread.
 */
public final class SelfTestProgress {
  /** The stages in the order in which a test passes them. */
  public enum Stage {
    /** The woven method called its hook. */
    HOOKS("hooks"),
    /** The event types are registered with JFR and enabled, and the recorder was called. */
    RECORDING("recording"),
    /** A rule matched. */
    RULES("rules"),
    /** The alert thread took the alert out of its queue. */
    ALERTS("alerts"),
    /** The network thread took the alert out of the outbox. */
    CHANNEL("channel");

    private final String word;

    Stage(String word) {
      this.word = word;
    }

    /** The stage's name in the collector's API. */
    public String word() {
      return word;
    }
  }

  private static final Stage[] STAGES = Stage.values();

  private final Thread visited = new Thread(null, null, "whorl-never", 0, false);
  private final AtomicLongArray newest = new AtomicLongArray(STAGES.length);
  private volatile long number;

  /** A thread that is never started. A test interrupts it, which calls a woven method. */
  public Thread visited() {
    return visited;
  }

  /** Begins the next test and returns its number, from 1. One thread at a time. */
  public long begin() {
    long next = number + 1;
    number = next;
    return next;
  }

  /** The newest test's number; 0 before the first. */
  public long number() {
    return number;
  }

  /** Records that the test of this number reached the stage. */
  public void reached(Stage stage, long test) {
    newest.set(stage.ordinal(), test);
  }

  /** The newest test that reached the stage; 0 if none. */
  public long newest(Stage stage) {
    return newest.get(stage.ordinal());
  }

  /**
   * The newest test of each stage, in the order of the stages.
   *
   * @param recording whether there is a recording that tests must reach
   */
  public Map<String, Long> stages(boolean recording) {
    Map<String, Long> stages = new LinkedHashMap<>();
    for (Stage stage : STAGES) {
      if (stage != Stage.RECORDING || recording) {
        stages.put(stage.word(), newest(stage));
      }
    }
    return stages;
  }
}
