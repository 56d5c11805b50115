package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The class that woven code calls in these tests, in place of the holder class. */
public final class Recorder {
  static final List<String> RECORDED = new ArrayList<>();

  /** Thrown by every call, if set. */
  static @Nullable Error failure;

  /** Thrown by the count of missed visits, if set. */
  static @Nullable Error failureOfCount;

  static int missed;

  private Recorder() {}

  static void clear() {
    RECORDED.clear();
    failure = null;
    failureOfCount = null;
    missed = 0;
  }

  public static void missed(Throwable lost) {
    if (failureOfCount != null) {
      throw failureOfCount;
    }
    if (lost != failure) {
      throw new IllegalStateException("not what was thrown: " + lost);
    }
    missed++;
  }

  public static void task(Object task, int what) {
    record(what, task);
  }

  public static void thrown(Object thrown) {
    record(0, thrown);
  }

  public static void at(int id) {
    record(id);
  }

  public static void at(Object first, int id) {
    record(id, first);
  }

  public static void at(Object first, Object second, int id) {
    record(id, first, second);
  }

  public static void at(Object first, Object second, Object third, int id) {
    record(id, first, second, third);
  }

  public static void at(Object first, Object second, Object third, Object fourth, int id) {
    record(id, first, second, third, fourth);
  }

  public static void at(Object[] values, int id) {
    record(id, values);
  }

  private static void record(int id, Object... values) {
    if (failure != null) {
      throw failure;
    }
    RECORDED.add(id + " " + Arrays.toString(values));
  }
}
