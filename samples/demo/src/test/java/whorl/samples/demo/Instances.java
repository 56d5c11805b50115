package whorl.samples.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import kotlin.sequences.Sequence;
import org.netbeans.lib.profiler.heap.HeapFactory;
import org.netbeans.lib.profiler.heap.JavaClass;
import shark.CloseableHeapGraph;
import shark.HeapObject.HeapInstance;
import shark.HeapObject.HeapObjectArray;
import shark.HeapObject.HeapPrimitiveArray;
import shark.HprofHeapGraph;
import shark.HprofIndex;

/**
 * How many instances of each class a heap dump holds, as readers count them that were written
 * elsewhere. Classes of one name are counted together; each is there, if only with a zero.
 */
record Instances(Map<String, Long> byClass) {

  /** By LeakCanary's library. */
  static Instances byShark(Path hprof) {
    Map<String, Long> counts = new TreeMap<>();
    try (CloseableHeapGraph graph =
        HprofHeapGraph.Companion.openHeapGraph(
            hprof.toFile(), null, HprofIndex.Companion.defaultIndexedGcRootTags())) {
      graph.getClasses().iterator().forEachRemaining(one -> counts.put(one.getName(), 0L));
      count(graph.getInstances(), HeapInstance::getInstanceClassName, counts);
      count(graph.getObjectArrays(), HeapObjectArray::getArrayClassName, counts);
      count(graph.getPrimitiveArrays(), HeapPrimitiveArray::getArrayClassName, counts);
    } catch (IOException e) {
      throw new UncheckedIOException(hprof + " does not open in shark", e);
    }
    return new Instances(counts);
  }

  private static <T> void count(
      Sequence<? extends T> all, Function<T, String> nameOf, Map<String, Long> counts) {
    for (Iterator<? extends T> each = all.iterator(); each.hasNext(); ) {
      counts.merge(nameOf.apply(each.next()), 1L, Long::sum);
    }
  }

  /** By NetBeans' library, which makes files of its own beside the dump. */
  static Instances byNetBeans(Path hprof) {
    Map<String, Long> counts = new TreeMap<>();
    try {
      for (Object one : HeapFactory.createHeap(hprof.toFile()).getAllClasses()) {
        JavaClass javaClass = (JavaClass) one;
        counts.merge(javaClass.getName(), (long) javaClass.getInstancesCount(), Long::sum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(hprof + " does not open in NetBeans' library", e);
    }
    return new Instances(counts);
  }

  /** The same bytes without gzip, in a file beside it. */
  static Path unzipped(Path gzip) {
    Path plain = gzip.resolveSibling(gzip.getFileName() + ".plain.hprof");
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(gzip)), 1 << 20)) {
      Files.copy(in, plain);
    } catch (IOException e) {
      throw new UncheckedIOException(gzip + " is no whole gzip file", e);
    }
    return plain;
  }

  long of(String className) {
    return byClass.getOrDefault(className, 0L);
  }

  long total() {
    return byClass.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The classes whose count is not between those of a dump before and a dump after: names with the
   * three counts.
   */
  Map<String, String> outside(Instances before, Instances after) {
    Set<String> names = new TreeSet<>(byClass.keySet());
    names.addAll(before.byClass.keySet());
    names.addAll(after.byClass.keySet());
    Map<String, String> outside = new TreeMap<>();
    for (String name : names) {
      long here = of(name);
      long one = before.of(name);
      long other = after.of(name);
      if (here < Math.min(one, other) || here > Math.max(one, other)) {
        outside.put(name, one + " before, " + here + " here, " + other + " after");
      }
    }
    return outside;
  }
}
