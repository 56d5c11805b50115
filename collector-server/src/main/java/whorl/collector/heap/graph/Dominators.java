package whorl.collector.heap.graph;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which object keeps which alive. An object dominates another if every way from a root to the other
 * leads through it, so it retains it: without the one, the other would be garbage. Computed with
 * the algorithm SEMI-NCA (Georgiadis: Linear-Time Algorithms for Dominators and Related Problems,
 * 2005, chapter 2), in the form of LLVM's {@code GenericDomTreeConstruction.h}: some 40 bytes for
 * each object and 4 for each reference, and no recursion.
 *
 * <p>Within, objects that can be reached have numbers in the order of a depth-first search, from 2;
 * 1 stands for all roots together.
 */
public final class Dominators {
  /** Instead of an object: nothing, because several ways from roots lead to it. */
  public static final int NONE = -1;

  private static final int ALL_ROOTS = 1;

  private final int[] number;
  private final int[] object;
  private final int[] dominator;
  private final long[] retained;
  private final int reached;

  private Dominators(int[] number, int[] object, int[] dominator, long[] retained, int reached) {
    this.number = number;
    this.object = object;
    this.dominator = dominator;
    this.retained = retained;
    this.reached = reached;
  }

  /** The size of an object by itself. */
  @FunctionalInterface
  public interface Sizes {
    long bytes(int object);
  }

  public static Dominators of(References references, Sizes sizes) {
    Search search = new Search(references);
    int reached = search.reached;
    int[] parent = Arrays.copyOf(search.parent, reached + 1);
    int[] dominator = parent.clone();
    semidominators(search, parent, reached);
    int[] semi = search.semi;
    for (int i = 2; i <= reached; i++) {
      int candidate = dominator[i];
      while (candidate > semi[i]) {
        candidate = dominator[candidate];
      }
      dominator[i] = candidate;
    }
    long[] retained = new long[reached + 1];
    for (int i = reached; i >= 2; i--) {
      retained[i] += sizes.bytes(search.object[i]);
      retained[dominator[i]] += retained[i];
    }
    return new Dominators(search.number, search.object, dominator, retained, reached);
  }

  /** True if a root leads to the object. */
  public boolean isReachable(int of) {
    return number[of] != 0;
  }

  /** How many objects can be reached. */
  public int reachable() {
    return reached - 1;
  }

  /** The size of all objects that can be reached. */
  public long reachableBytes() {
    return retained[ALL_ROOTS];
  }

  /** The nearest object that keeps it alive, or {@link #NONE}. */
  public int dominator(int of) {
    int numbered = number[of];
    return numbered == 0 || dominator[numbered] == ALL_ROOTS ? NONE : object[dominator[numbered]];
  }

  /** The bytes that would be free without it, its own included; 0 if it is garbage already. */
  public long retained(int of) {
    return number[of] == 0 ? 0 : retained[number[of]];
  }

  /** For each object the largest part of its retained bytes that one object below it retains. */
  public long[] largestBelow(int objects) {
    long[] largest = new long[objects];
    for (int i = 2; i <= reached; i++) {
      if (dominator[i] != ALL_ROOTS) {
        int above = object[dominator[i]];
        largest[above] = Math.max(largest[above], retained[i]);
      }
    }
    return largest;
  }

  private static void semidominators(Search search, int[] parent, int reached) {
    int[] semi = search.semi;
    int[] label = new int[reached + 1];
    for (int i = 0; i <= reached; i++) {
      label[i] = i;
      semi[i] = i;
    }
    int[] stack = new int[16];
    for (int i = reached; i >= 2; i--) {
      int least = search.isRoot(i) ? ALL_ROOTS : parent[i];
      for (int at = search.before[i]; at < search.before[i + 1] && least > ALL_ROOTS; at++) {
        int from = search.referrer[at];
        int depth = 0;
        int top = from;
        if (parent[top] > i) {
          do {
            if (depth == stack.length) {
              stack = Arrays.copyOf(stack, 2 * depth);
            }
            stack[depth++] = top;
            top = parent[top];
          } while (parent[top] > i);
          compress(parent, label, semi, stack, depth, top);
        }
        least = Math.min(least, semi[label[from]]);
      }
      semi[i] = least;
    }
  }

  /** Shortens the way from {@code stack[0]} up to {@code top}, and keeps the least label on it. */
  private static void compress(
      int[] parent, int[] label, int[] semi, int[] stack, int depth, int top) {
    int above = top;
    int best = label[above];
    for (int at = depth - 1; at >= 0; at--) {
      int each = stack[at];
      parent[each] = parent[above];
      if (semi[best] < semi[label[each]]) {
        label[each] = label[above];
      } else {
        best = label[each];
      }
      above = each;
    }
  }

  /** The depth-first search, and who refers to whom in its numbers. */
  private static final class Search {
    private final References references;
    private final int[] number;
    private final int[] object;
    private final int[] parent;
    private final int[] before;
    private final int[] referrer;
    private final int[] semi;
    private final BitSet roots;
    private int reached = ALL_ROOTS;

    Search(References references) {
      this.references = references;
      int objects = references.objects();
      number = new int[objects];
      object = new int[objects + 2];
      parent = new int[objects + 2];
      roots = new BitSet(objects);
      references.forEachRoot(roots::set);
      int[] stack = new int[objects + 1];
      int[] next = new int[objects + 1];
      references.forEachRoot(
          root -> {
            if (number[root] == 0) {
              walk(root, stack, next);
            }
          });
      before = new int[reached + 2];
      semi = new int[reached + 1];
      referrer = referrers(next);
    }

    boolean isRoot(int numbered) {
      return roots.get(object[numbered]);
    }

    private void walk(int root, int[] stack, int[] next) {
      int depth = 0;
      enter(root, ALL_ROOTS);
      stack[0] = root;
      next[0] = 0;
      while (depth >= 0) {
        int here = stack[depth];
        if (next[depth] == references.count(here)) {
          depth--;
          continue;
        }
        int target = references.target(here, next[depth]++);
        if (number[target] == 0) {
          enter(target, number[here]);
          depth++;
          stack[depth] = target;
          next[depth] = 0;
        }
      }
    }

    private void enter(int found, int from) {
      reached++;
      number[found] = reached;
      object[reached] = found;
      parent[reached] = from;
    }

    /** Fills {@link #before}: the referrers of i are those from before[i] up to before[i + 1]. */
    private int[] referrers(int[] fill) {
      for (int i = 2; i <= reached; i++) {
        int here = object[i];
        for (int each = references.count(here) - 1; each >= 0; each--) {
          before[number[references.target(here, each)]]++;
        }
      }
      int sum = 0;
      for (int i = 0; i < before.length; i++) {
        int count = before[i];
        before[i] = sum;
        sum = Math.addExact(sum, count);
      }
      int[] all = new int[sum];
      Arrays.fill(fill, 0);
      for (int i = 2; i <= reached; i++) {
        int here = object[i];
        for (int each = references.count(here) - 1; each >= 0; each--) {
          int target = number[references.target(here, each)];
          all[before[target] + fill[target - 2]++] = i;
        }
      }
      return all;
    }
  }
}
