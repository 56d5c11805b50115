package whorl.collector.heap.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class DominatorsTest {
  /** A graph in memory. */
  private record Graph(List<List<Integer>> targets, List<Integer> roots) implements References {
    @Override
    public int objects() {
      return targets.size();
    }

    @Override
    public int count(int object) {
      return targets.get(object).size();
    }

    @Override
    public int target(int object, int reference) {
      return targets.get(object).get(reference);
    }

    @Override
    public void forEachRoot(IntConsumer root) {
      roots.forEach(root::accept);
    }
  }

  @Test
  void objectThatTwoHold_isRetainedByWhatHoldsBoth() {
    // 0 → 1, 2; 1 → 3; 2 → 3; 3 → 4; 5 is garbage that holds 4
    Graph graph =
        new Graph(
            List.of(List.of(1, 2), List.of(3), List.of(3), List.of(4), List.of(), List.of(4)),
            List.of(0));

    Dominators dominators = Dominators.of(graph, object -> 10);

    assertThat(dominators.dominator(3)).isEqualTo(0);
    assertThat(dominators.dominator(4)).isEqualTo(3);
    assertThat(dominators.dominator(0)).isEqualTo(Dominators.NONE);
    assertThat(dominators.retained(0)).isEqualTo(50);
    assertThat(dominators.retained(3)).isEqualTo(20);
    assertThat(dominators.retained(1)).isEqualTo(10);
    assertThat(dominators.retained(5)).isZero();
    assertThat(dominators.isReachable(5)).isFalse();
    assertThat(dominators.reachable()).isEqualTo(5);
    assertThat(dominators.reachableBytes()).isEqualTo(50);
    assertThat(dominators.largestBelow(6)).containsExactly(20, 0, 0, 10, 0, 0);
  }

  @Test
  void objectThatTwoRootsHold_isRetainedByNone() {
    Graph graph = new Graph(List.of(List.of(2), List.of(2), List.of(0)), List.of(0, 1));

    Dominators dominators = Dominators.of(graph, object -> 1);

    assertThat(dominators.dominator(2)).isEqualTo(Dominators.NONE);
    assertThat(dominators.dominator(0)).isEqualTo(Dominators.NONE);
    assertThat(dominators.retained(0)).isEqualTo(1);
  }

  @Test
  void longChain_needsNoStack() {
    int length = 300_000;
    List<List<Integer>> targets = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      targets.add(i + 1 < length ? List.of(i + 1) : List.of());
    }

    Dominators dominators = Dominators.of(new Graph(targets, List.of(0)), object -> 8);

    assertThat(dominators.retained(0)).isEqualTo(8L * length);
    assertThat(dominators.dominator(length - 1)).isEqualTo(length - 2);
  }

  @Test
  void graphsOfAnyShape_haveTheDominatorsThatTheDefinitionSays() {
    Random random = new Random(25);
    for (int round = 0; round < 300; round++) {
      Graph graph = random(random, 2 + random.nextInt(30));

      Dominators dominators = Dominators.of(graph, object -> 1 + object);

      for (int object = 0; object < graph.objects(); object++) {
        assertThat(dominators.retained(object))
            .as("round %d, object %d of %s", round, object, graph)
            .isEqualTo(retained(graph, object));
      }
    }
  }

  private static Graph random(Random random, int objects) {
    List<List<Integer>> targets = new ArrayList<>();
    for (int i = 0; i < objects; i++) {
      List<Integer> of = new ArrayList<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        of.add(random.nextInt(objects));
      }
      targets.add(of);
    }
    List<Integer> roots = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      roots.add(random.nextInt(objects));
    }
    return new Graph(targets, roots);
  }

  /** The bytes that cannot be reached without the object. */
  private static long retained(Graph graph, int without) {
    BitSet all = reached(graph, -1);
    if (!all.get(without)) {
      return 0;
    }
    BitSet left = reached(graph, without);
    return all.stream().filter(object -> !left.get(object)).mapToLong(object -> 1 + object).sum();
  }

  private static BitSet reached(Graph graph, int without) {
    BitSet reached = new BitSet();
    List<Integer> next = new ArrayList<>(graph.roots());
    while (!next.isEmpty()) {
      int object = next.remove(next.size() - 1);
      if (object != without && !reached.get(object)) {
        reached.set(object);
        next.addAll(graph.targets().get(object));
      }
    }
    return reached;
  }

  @Test
  void shortestWay_isTheShortest() {
    Graph graph =
        new Graph(
            List.of(List.of(1, 3), List.of(2), List.of(4), List.of(4), List.of(), List.of()),
            List.of(0));

    ShortestPaths paths = new ShortestPaths(graph, graph::forEachRoot);

    assertThat(paths.to(4)).containsExactly(0, 3, 4);
    assertThat(paths.to(0)).containsExactly(0);
    assertThat(paths.to(5)).isEmpty();
  }

  @Test
  void longsInMap_areFound() {
    LongIntMap map = new LongIntMap();
    for (int i = 0; i < 10_000; i++) {
      map.put((long) i << 32, i);
    }
    map.put(0, 7);

    assertThat(map.size()).isEqualTo(10_000);
    assertThat(map.get(0)).isEqualTo(7);
    assertThat(map.get(9_999L << 32)).isEqualTo(9_999);
    assertThat(map.get(1)).isEqualTo(LongIntMap.ABSENT);
  }
}
