package whorl.agent.probe;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.probe.weave.ProbedMethod;

/**
 * The woven methods by their numbers. A number is never given twice, so a call that began before
 * its probe ended cannot be taken for one of another probe. Written by one thread, read by all.
 */
final class ProbePoints {
  /** Numbers of a method: begun, returned, threw, and one that is not used. */
  static final int STEP = 4;

  /** More methods in the life of a JVM are refused. */
  static final int POINTS_MAX = 1 << 15;

  private static final int GROWTH = 64;

  /** The first number. It differs from JVM to JVM, so that it cannot be guessed. */
  private final int base;

  private final Map<RunningProbe, Map<String, Integer>> numbers = new HashMap<>();
  private volatile @Nullable ProbePoint[] points = new @Nullable ProbePoint[GROWTH];
  private volatile int used;

  ProbePoints() {
    this(unguessable());
  }

  ProbePoints(int base) {
    this.base = base;
  }

  private static int unguessable() {
    long mixed = (System.nanoTime() ^ System.identityHashCode(new Object())) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> Integer.SIZE);
  }

  /** The point of this number; null if its probe is gone. */
  @Nullable ProbePoint at(int number) {
    @Nullable ProbePoint[] known = points;
    int index = (number - base) >>> 2;
    return index < known.length ? known[index] : null;
  }

  /** Which of a method's numbers this is: 0 begun, 1 returned, 2 threw. */
  int step(int number) {
    return (number - base) & (STEP - 1);
  }

  /** True if the number was given to a method, now or earlier. */
  boolean isKnown(int number) {
    return (number - base) >>> 2 < used;
  }

  /** True if there is no room for so many more methods. */
  boolean isFull(int more) {
    return used + more > POINTS_MAX;
  }

  /** The number of the probe's method; the same at each call. */
  synchronized int numberOf(RunningProbe probe, ProbedMethod method) {
    Map<String, Integer> ofProbe = numbers.get(probe);
    if (ofProbe == null) {
      ofProbe = new HashMap<>();
      numbers.put(probe, ofProbe);
    }
    Integer known = ofProbe.get(method.key());
    if (known != null) {
      return known;
    }
    int index = used;
    @Nullable ProbePoint[] now = points;
    if (index >= now.length) {
      now = Arrays.copyOf(now, now.length + GROWTH);
    }
    now[index] = new ProbePoint(probe, method);
    points = now; // publishes the element
    used = index + 1;
    int number = base + index * STEP;
    ofProbe.put(method.key(), number);
    return number;
  }

  /** Forgets the probe's methods: calls that still run are not recorded any more. */
  synchronized void remove(RunningProbe probe) {
    Map<String, Integer> ofProbe = numbers.remove(probe);
    if (ofProbe != null) {
      @Nullable ProbePoint[] now = points;
      for (int number : ofProbe.values()) {
        now[(number - base) >>> 2] = null;
      }
      points = now;
    }
  }

  /** The numbers of the probe's methods. */
  synchronized int[] of(RunningProbe probe) {
    Map<String, Integer> ofProbe = numbers.get(probe);
    int[] all = new int[ofProbe == null ? 0 : ofProbe.size()];
    int i = 0;
    if (ofProbe != null) {
      for (int number : ofProbe.values()) {
        all[i++] = number;
      }
    }
    return all;
  }
}
