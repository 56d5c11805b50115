package whorl.collector.heap.read;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.heap.dump.HeapClass;
import whorl.collector.heap.dump.HeapDump;
import whorl.collector.heap.dump.LinkNames;
import whorl.collector.heap.graph.Dominators;

/** Paths from roots to objects, with the names of the references on them. For one thread. */
final class Paths {
  /** The steps at the beginning and at the end of a longer path; those between are left out. */
  private static final int HALF_STEPS = 25;

  private final HeapDump heap;
  private final Map<Integer, List<Integer>> ways = new HashMap<>();
  private @Nullable LinkNames names;

  Paths(HeapDump heap) {
    this.heap = heap;
  }

  /**
   * What a path to a big object starts with: roots, and classes, because a class lives as long as
   * its loader and that is for most as long as the JVM.
   */
  Consumer<IntConsumer> starts(Dominators dominators) {
    return start -> {
      heap.forEachRoot(start);
      heap.classObjects().stream()
          .filter(each -> each >= 0 && dominators.isReachable(each))
          .forEach(start::accept);
    };
  }

  void add(int object, List<Integer> way) {
    ways.put(object, way);
  }

  /** Reads the names of all references on the paths that were added. */
  void name() {
    Map<Integer, Set<Integer>> wanted = new HashMap<>();
    for (List<Integer> way : ways.values()) {
      for (int i = 1; i < way.size(); i++) {
        wanted.computeIfAbsent(way.get(i - 1), any -> new HashSet<>()).add(way.get(i));
      }
    }
    names = heap.linkNames(wanted);
  }

  HeapAnalysis.RootPath to(int object) {
    List<Integer> way = way(object);
    if (way.isEmpty()) {
      return new HeapAnalysis.RootPath("nothing: it is garbage", List.of(step(null, object)), 0);
    }
    List<HeapAnalysis.Step> steps = new ArrayList<>();
    int cut = Math.max(0, way.size() - 2 * HALF_STEPS);
    for (int i = 0; i < way.size(); i++) {
      if (cut == 0 || i < HALF_STEPS || i >= HALF_STEPS + cut) {
        steps.add(step(i == 0 ? null : reference(way.get(i - 1), way.get(i)), way.get(i)));
      }
    }
    return new HeapAnalysis.RootPath(root(way.get(0)), steps, cut);
  }

  List<Integer> way(int object) {
    return ways.getOrDefault(object, List.of());
  }

  String reference(int from, int to) {
    return names == null ? "?" : Examination.cut(names.of(from, to));
  }

  /** What keeps a first step alive. */
  String root(int object) {
    String kind = heap.rootKind(object);
    HeapClass type = heap.classOf(object);
    if (type != null && (kind == null || kind.equals("system class"))) {
      int loader = heap.object(type.loaderId());
      return loader < 0
          ? "class of the boot loader"
          : "class of the loader " + Examination.cut(heap.type(loader).name());
    }
    return kind == null ? "unknown" : kind;
  }

  /** The object's class; for a class, its name. */
  String typeOf(int object) {
    HeapClass type = heap.classOf(object);
    return Examination.cut(type == null ? heap.type(object).name() : "class " + type.name());
  }

  static String hex(long id) {
    return "0x" + Long.toHexString(id);
  }

  private HeapAnalysis.Step step(@Nullable String reference, int object) {
    return new HeapAnalysis.Step(reference, typeOf(object), hex(heap.id(object)));
  }
}
