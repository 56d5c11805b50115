package whorl.collector.heap.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.heap.dump.HeapClass;
import whorl.collector.heap.dump.HeapDump;
import whorl.collector.heap.graph.Dominators;

/**
 * The class loaders of a dump, and which of them look like leaks: of an application that was
 * stopped, or with classes that another loader of the same class has as well, as after each new
 * deployment.
 */
final class Loaders {
  private static final int LISTED_MAX = 200;
  private static final String THREAD_LOCALS = "java.lang.ThreadLocal$ThreadLocalMap";

  /** States of Tomcat's class loaders in which no application runs. */
  private static final Set<String> STOPPED =
      Set.of("STOPPING", "STOPPED", "DESTROYING", "DESTROYED", "FAILED");

  /** A loader that defined classes. */
  record Loader(
      int object, int classes, long instances, long instanceBytes, @Nullable String leak) {}

  private final HeapDump heap;
  private final Dominators dominators;
  private final List<Loader> loaders = new ArrayList<>();

  /** What a loader defined. */
  private static final class Defined {
    private int classes;
    private long instances;
    private long bytes;
    private @Nullable String sharedClass;
    private int sharedBy;
  }

  private record Name(String loaderType, String className) {}

  Loaders(HeapDump heap, Dominators dominators) {
    this.heap = heap;
    this.dominators = dominators;
    Map<Integer, Defined> defined = defined();
    defined.forEach(
        (object, each) ->
            loaders.add(
                new Loader(object, each.classes, each.instances, each.bytes, leak(object, each))));
    loaders.sort(
        Comparator.comparing((Loader each) -> each.leak() == null)
            .thenComparing(Comparator.comparingLong(this::retained).reversed())
            .thenComparingInt(Loader::object));
  }

  int count() {
    return loaders.size();
  }

  /** The suspicious ones first, then those that retain most. */
  List<Loader> listed() {
    return loaders.subList(0, Math.min(LISTED_MAX, loaders.size()));
  }

  HeapAnalysis.LoaderUse use(Loader of, @Nullable String name, Paths paths) {
    return new HeapAnalysis.LoaderUse(
        Paths.hex(heap.id(of.object())),
        Examination.cut(heap.type(of.object()).name()),
        name,
        of.classes(),
        of.instances(),
        of.instanceBytes(),
        retained(of),
        of.leak(),
        heldBy(of.object(), paths),
        paths.to(of.object()));
  }

  private long retained(Loader of) {
    return dominators.retained(of.object());
  }

  private Map<Integer, Defined> defined() {
    Map<Integer, Defined> defined = new LinkedHashMap<>();
    Map<Name, Set<Integer>> byName = new HashMap<>();
    for (int type = 0; type < heap.types(); type++) {
      HeapClass each = heap.numbered(type);
      int loader = heap.object(each.loaderId());
      if (loader >= 0) {
        defined.computeIfAbsent(loader, any -> new Defined()).classes++;
        if (isNamed(each.name())) {
          byName
              .computeIfAbsent(
                  new Name(heap.type(loader).name(), each.name()), any -> new HashSet<>())
              .add(loader);
        }
      }
    }
    byName.forEach((name, by) -> share(name, by, defined));
    for (int object = 0; object < heap.objects(); object++) {
      int loader = heap.object(heap.type(object).loaderId());
      Defined by = loader < 0 ? null : defined.get(loader);
      if (by != null) {
        by.instances++;
        by.bytes += heap.bytes(object);
      }
    }
    return defined;
  }

  private static void share(Name name, Set<Integer> by, Map<Integer, Defined> defined) {
    if (by.size() < 2) {
      return;
    }
    for (int loader : by) {
      Defined each = defined.get(loader);
      boolean better =
          each != null
              && (each.sharedClass == null
                  || by.size() > each.sharedBy
                  || (by.size() == each.sharedBy
                      && name.className().compareTo(each.sharedClass) < 0));
      if (better && each != null) {
        each.sharedClass = name.className();
        each.sharedBy = by.size();
      }
    }
  }

  /** False for classes that are made at run time: they may have many different names. */
  private static boolean isNamed(String className) {
    return !className.contains("$$")
        && !className.contains("$Proxy")
        && !className.contains("Generated")
        && className.indexOf('/') < 0
        && !className.endsWith("[]")
        && !className.equals("unknown");
  }

  private @Nullable String leak(int loader, Defined of) {
    String state = stateOf(loader);
    if (state != null && STOPPED.contains(state)) {
      return "its application is " + state;
    }
    return of.sharedClass == null
        ? null
        : of.sharedBy
            + " loaders of this class define "
            + Examination.cut(of.sharedClass)
            + ", as after new deployments";
  }

  /** The name of the constant that the loader's field {@code state} refers to. */
  private @Nullable String stateOf(int loader) {
    int state = heap.values().state(loader);
    if (state < 0) {
      return null;
    }
    for (String constant : STOPPED) {
      if (heap.type(state).hasStatic(constant, heap.id(state), heap)) {
        return constant;
      }
    }
    return null;
  }

  /** What keeps the loader alive, by the shortest path, and whether it is alone in that. */
  private @Nullable String heldBy(int loader, Paths paths) {
    List<Integer> way = paths.way(loader);
    if (way.isEmpty()) {
      return "nothing: it is garbage";
    }
    int holder = way.get(0);
    String what = null;
    for (int i = 0; i + 1 < way.size() && what == null; i++) {
      int each = way.get(i);
      HeapClass type = heap.classOf(each);
      if (heap.type(each).name().equals(THREAD_LOCALS)) {
        holder = each;
        what = "a thread local of " + paths.typeOf(way.get(0)) + " " + id(way.get(0));
      } else if (type != null && heap.object(type.loaderId()) != loader) {
        String reference = paths.reference(each, way.get(i + 1));
        if (reference.startsWith("static ")) {
          holder = each;
          what = "the static field " + type.name() + "." + reference.substring("static ".length());
        }
      }
    }
    if (what == null) {
      what =
          heap.type(holder).isA("java.lang.Thread")
              ? "the thread " + paths.typeOf(holder) + " " + id(holder)
              : "a root: " + paths.root(holder);
    }
    return what + (isOnlyHolder(holder, loader) ? ", and nothing else" : ", maybe others");
  }

  private boolean isOnlyHolder(int holder, int loader) {
    int depth = 0;
    for (int each = loader; each >= 0 && depth < 10_000; each = dominators.dominator(each)) {
      if (each == holder) {
        return true;
      }
      depth++;
    }
    return false;
  }

  private String id(int object) {
    return Paths.hex(heap.id(object));
  }
}
