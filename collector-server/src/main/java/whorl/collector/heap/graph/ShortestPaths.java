package whorl.collector.heap.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** A shortest path from a start to each object, by a breadth-first search. */
public final class ShortestPaths {
  private static final int NOT_REACHED = -1;
  private static final int START = -2;

  private final int[] from;

  /**
   * @param starts where paths begin; if two are equally short, the one of the earlier start is
   *     taken
   */
  public ShortestPaths(References references, Consumer<IntConsumer> starts) {
    int objects = references.objects();
    from = new int[objects];
    Arrays.fill(from, NOT_REACHED);
    int[] queue = new int[objects];
    int[] tail = {0};
    starts.accept(
        start -> {
          if (from[start] == NOT_REACHED) {
            from[start] = START;
            queue[tail[0]++] = start;
          }
        });
    int end = tail[0];
    for (int head = 0; head < end; head++) {
      int here = queue[head];
      int count = references.count(here);
      for (int each = 0; each < count; each++) {
        int target = references.target(here, each);
        if (from[target] == NOT_REACHED) {
          from[target] = here;
          queue[end++] = target;
        }
      }
    }
  }

  /** The path to the object, which is its last; empty if there is none. */
  public List<Integer> to(int object) {
    List<Integer> path = new ArrayList<>();
    if (from[object] == NOT_REACHED) {
      return path;
    }
    for (int each = object; each != START; each = from[each]) {
      path.add(each);
    }
    Collections.reverse(path);
    return path;
  }
}
