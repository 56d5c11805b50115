package whorl.collector.heap.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.heap.dump.HeapClass;
import whorl.collector.heap.dump.HeapDump;
import whorl.collector.heap.dump.StringCounts;
import whorl.collector.heap.graph.Dominators;
import whorl.collector.heap.graph.ShortestPaths;
import whorl.evidence.Text;

/** Finds out what a dump says, and passes on each result as soon as it is there. */
final class Examination {
  static final int CLASSES_MAX = 10_000;
  private static final int CLASSES_PER_LINE = 1_000;
  private static final int BIGGEST_MAX = 20;
  private static final int DUPLICATES_MAX = 50;
  private static final int THREADS_MAX = 200;
  private static final int TEXT_MAX_CHARS = 300;
  private static final String NO_VALUES = "values are not in it, so strings cannot be compared";

  private final HeapDump heap;
  private final boolean values;
  private final Consumer<HeapLine> lines;

  Examination(HeapDump heap, boolean values, Consumer<HeapLine> lines) {
    this.heap = heap;
    this.values = values;
    this.lines = lines;
  }

  void run() {
    heap.problems().forEach(problem -> lines.accept(HeapLine.problem(problem)));
    histogram();
    lines.accept(HeapLine.progress("what retains what", 0));
    Dominators dominators = Dominators.of(heap, heap::bytes);
    Loaders loaders = new Loaders(heap, dominators);
    summarize(dominators, loaders);
    List<Integer> biggest = biggest(dominators);
    List<Loaders.Loader> listed = loaders.listed();
    List<HeapDump.HeapThread> threads = threads(dominators);
    lines.accept(HeapLine.progress("paths", 0));
    Paths paths = new Paths(heap);
    ShortestPaths fromRoots = new ShortestPaths(heap, heap::forEachRoot);
    listed.forEach(each -> paths.add(each.object(), fromRoots.to(each.object())));
    ShortestPaths fromClasses = new ShortestPaths(heap, paths.starts(dominators));
    biggest.forEach(each -> paths.add(each, fromClasses.to(each)));
    paths.name();
    StringCounts strings = values ? heap.stringCounts() : null;
    List<StringCounts.Equal> equal = strings == null ? List.of() : strings.biggest(DUPLICATES_MAX);
    Map<Integer, String> texts = heap.texts(wantedTexts(equal, threads, listed));
    for (int each : biggest) {
      lines.accept(
          HeapLine.of(
              new HeapAnalysis.BigObject(
                  Paths.hex(heap.id(each)),
                  paths.typeOf(each),
                  heap.bytes(each),
                  dominators.retained(each),
                  paths.to(each))));
    }
    duplicates(strings, equal, texts);
    for (Loaders.Loader each : listed) {
      lines.accept(HeapLine.of(loaders.use(each, nameOf(each.object(), texts), paths)));
    }
    for (HeapDump.HeapThread each : threads) {
      lines.accept(
          HeapLine.of(
              new HeapAnalysis.ThreadUse(
                  Paths.hex(heap.id(each.object())),
                  heap.type(each.object()).name(),
                  nameOf(each.object(), texts),
                  dominators.retained(each.object()),
                  each.locals(),
                  each.topFrame() == null ? null : cut(each.topFrame()))));
    }
  }

  private void histogram() {
    long[] counts = new long[heap.types()];
    long[] bytes = new long[heap.types()];
    for (int object = 0; object < heap.objects(); object++) {
      int type = heap.typeNumber(object);
      counts[type]++;
      bytes[type] += heap.bytes(object);
    }
    List<Integer> order =
        IntStream.range(0, counts.length)
            .filter(type -> counts[type] > 0)
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer type) -> -bytes[type])
                    .thenComparing(type -> heap.numbered(type).name()))
            .limit(CLASSES_MAX)
            .toList();
    List<HeapAnalysis.ClassCount> line = new ArrayList<>();
    for (int type : order) {
      HeapClass each = heap.numbered(type);
      line.add(
          new HeapAnalysis.ClassCount(
              cut(each.name()), loader(each.loaderId()), counts[type], bytes[type]));
      if (line.size() == CLASSES_PER_LINE) {
        lines.accept(HeapLine.of(List.copyOf(line)));
        line.clear();
      }
    }
    if (!line.isEmpty()) {
      lines.accept(HeapLine.of(line));
    }
  }

  private void summarize(Dominators dominators, Loaders loaders) {
    long bytes = 0;
    Set<Integer> used = new HashSet<>();
    for (int object = 0; object < heap.objects(); object++) {
      bytes += heap.bytes(object);
      used.add(heap.typeNumber(object));
    }
    lines.accept(
        HeapLine.of(
            new HeapAnalysis.Summary(
                heap.recordBytes(),
                heap.identifierBytes(),
                dumpedAt(heap.dumpedAtMillis()),
                heap.objects(),
                bytes,
                dominators.reachable(),
                dominators.reachableBytes(),
                used.size(),
                Math.min(CLASSES_MAX, used.size()),
                loaders.count(),
                heap.threads().size(),
                heap.roots())));
  }

  private static @Nullable Instant dumpedAt(long millis) {
    return millis <= 0 || millis >= Instant.parse("9999-01-01T00:00:00Z").toEpochMilli()
        ? null
        : Instant.ofEpochMilli(millis);
  }

  /**
   * The objects that retain most. One whose bytes are for the greater part retained by a single
   * object below it only passes them on, so the other is taken.
   */
  private List<Integer> biggest(Dominators dominators) {
    long[] below = dominators.largestBelow(heap.objects());
    Comparator<Integer> least =
        Comparator.comparingLong((Integer object) -> dominators.retained(object))
            .thenComparingLong(object -> -heap.id(object));
    PriorityQueue<Integer> found = new PriorityQueue<>(least);
    for (int object = 0; object < heap.objects(); object++) {
      long retained = dominators.retained(object);
      if (retained > 0 && below[object] * 2 < retained) {
        found.add(object);
        if (found.size() > BIGGEST_MAX) {
          found.poll();
        }
      }
    }
    List<Integer> sorted = new ArrayList<>(found);
    sorted.sort(least.reversed());
    return sorted;
  }

  private List<HeapDump.HeapThread> threads(Dominators dominators) {
    return heap.threads().stream()
        .sorted(Comparator.comparingLong(each -> -dominators.retained(each.object())))
        .limit(THREADS_MAX)
        .toList();
  }

  private Set<Integer> wantedTexts(
      List<StringCounts.Equal> equal,
      List<HeapDump.HeapThread> threads,
      List<Loaders.Loader> loaders) {
    Set<Integer> wanted = new HashSet<>();
    if (!values) {
      return wanted;
    }
    equal.forEach(each -> wanted.add(each.array()));
    threads.forEach(each -> addArray(each.object(), wanted));
    loaders.forEach(each -> addArray(each.object(), wanted));
    return wanted;
  }

  private void addArray(int named, Set<Integer> wanted) {
    int array = arrayOfName(named);
    if (array >= 0) {
      wanted.add(array);
    }
  }

  private int arrayOfName(int named) {
    int string = heap.values().name(named);
    return string < 0 || heap.count(string) == 0 ? -1 : heap.target(string, 0);
  }

  private @Nullable String nameOf(int named, Map<Integer, String> texts) {
    return values ? texts.get(arrayOfName(named)) : null;
  }

  private void duplicates(
      @Nullable StringCounts strings, List<StringCounts.Equal> equal, Map<Integer, String> texts) {
    if (strings == null) {
      lines.accept(
          HeapLine.of(
              new HeapAnalysis.Duplicates(
                  heap.values().strings(), -1, -1, -1, NO_VALUES, List.of())));
      return;
    }
    List<HeapAnalysis.DuplicateString> biggest =
        equal.stream()
            .map(
                each ->
                    new HeapAnalysis.DuplicateString(
                        Paths.hex(each.hash()),
                        each.count(),
                        each.bytes(),
                        each.wasted(),
                        texts.get(each.array())))
            .toList();
    String problem =
        strings.notCounted() == 0
            ? null
            : strings.notCounted() + " strings were not compared: too many differ";
    lines.accept(
        HeapLine.of(
            new HeapAnalysis.Duplicates(
                heap.values().strings(),
                strings.arrays(),
                strings.distinct(),
                strings.wasted(),
                problem,
                biggest)));
  }

  private @Nullable String loader(long id) {
    int object = heap.object(id);
    return object < 0 ? null : cut(heap.type(object).name()) + "@" + Paths.hex(id);
  }

  static String cut(String text) {
    return Text.atMost(text, TEXT_MAX_CHARS);
  }
}
