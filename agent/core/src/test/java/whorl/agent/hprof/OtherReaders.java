package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.netbeans.lib.profiler.heap.Field;
import org.netbeans.lib.profiler.heap.FieldValue;
import org.netbeans.lib.profiler.heap.Heap;
import org.netbeans.lib.profiler.heap.HeapFactory;
import org.netbeans.lib.profiler.heap.JavaClass;
import shark.CloseableHeapGraph;
import shark.HeapField;
import shark.HeapObject;
import shark.HprofHeapGraph;
import shark.HprofIndex;

/** The contents of a dump as independent libraries read them. */
final class OtherReaders {
  private OtherReaders() {}

  /** NetBeans' library: instances by class, arrays included. */
  static Map<String, Long> netBeans(Path dump) throws IOException {
    Heap heap = HeapFactory.createHeap(dump.toFile());
    Map<String, Long> counts = new TreeMap<>();
    for (Object element : heap.getAllClasses()) {
      JavaClass type = (JavaClass) element;
      counts.merge(type.getName(), (long) type.getInstancesCount(), Long::sum);
    }
    return counts;
  }

  /** NetBeans' library: the names of a class's own fields, static ones included. */
  static List<String> netBeansFields(Path dump, String type) throws IOException {
    JavaClass found = HeapFactory.createHeap(dump.toFile()).getJavaClassByName(type);
    assertThat(found).describedAs(type).isNotNull();
    List<String> names = new ArrayList<>();
    for (Object element : found.getFields()) {
      names.add(((Field) element).getName());
    }
    for (Object element : found.getStaticFieldValues()) {
      names.add(((FieldValue) element).getField().getName());
    }
    return names;
  }

  /** LeakCanary's library: objects by class, arrays included, and their sizes. */
  static Map<String, Long> shark(Path dump) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    File file = dump.toFile();
    try (CloseableHeapGraph graph =
        HprofHeapGraph.Companion.openHeapGraph(
            file, null, HprofIndex.Companion.defaultIndexedGcRootTags())) {
      Iterator<HeapObject> objects = graph.getObjects().iterator();
      while (objects.hasNext()) {
        HeapObject object = objects.next();
        if (object instanceof HeapObject.HeapClass type) {
          counts.merge("class " + type.getName(), (long) type.getInstanceByteSize(), Long::sum);
        } else if (object instanceof HeapObject.HeapInstance instance) {
          counts.merge(instance.getInstanceClassName(), 1L, Long::sum);
        } else if (object instanceof HeapObject.HeapObjectArray array) {
          counts.merge(array.getArrayClassName(), 1L, Long::sum);
          counts.merge(
              "elements of " + array.getArrayClassName(),
              (long) array.readRecord().getElementIds().length,
              Long::sum);
        } else if (object instanceof HeapObject.HeapPrimitiveArray array) {
          counts.merge(array.getArrayClassName(), 1L, Long::sum);
          counts.merge(
              "elements of " + array.getArrayClassName(),
              (long) array.readRecord().getSize(),
              Long::sum);
        }
      }
    }
    return counts;
  }

  /** LeakCanary's library: the number of instances of a class whose field hash is not 0. */
  static int hashes(Path dump, String type) throws IOException {
    int count = 0;
    try (CloseableHeapGraph graph =
        HprofHeapGraph.Companion.openHeapGraph(
            dump.toFile(), null, HprofIndex.Companion.defaultIndexedGcRootTags())) {
      HeapObject.HeapClass found = graph.findClassByName(type);
      assertThat(found).isNotNull();
      Iterator<HeapObject.HeapInstance> instances = found.getInstances().iterator();
      while (instances.hasNext()) {
        HeapField field = instances.next().get(type, "hash");
        assertThat(field).isNotNull();
        count += field.getValue().getAsInt() == 0 ? 0 : 1;
      }
    }
    return count;
  }
}
