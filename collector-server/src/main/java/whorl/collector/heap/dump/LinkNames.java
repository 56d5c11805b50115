package whorl.collector.heap.dump;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import shark.HprofRecordReader;
import shark.HprofRecordTag;

/** How one object refers to another: the name of the field, or the place in an array. */
public final class LinkNames {
  private static final String UNKNOWN = "?";

  private record Link(int from, int to) {}

  private final HeapDump dump;
  private final Map<Integer, Set<Integer>> wanted;
  private final Map<Link, String> names = new HashMap<>();

  LinkNames(HeapDump dump, Map<Integer, Set<Integer>> wanted) {
    this.dump = dump;
    this.wanted = wanted;
    wanted.keySet().forEach(this::staticFields);
  }

  /** The name of the reference, such as {@code table}, {@code static CACHE} or {@code [3]}. */
  public String of(int from, int to) {
    String name = names.get(new Link(from, to));
    if (name != null) {
      return name;
    }
    String local = dump.frameOf(from, to);
    if (local != null) {
      return "<" + local + ">";
    }
    HeapClass type = dump.classOf(to);
    return type != null && type == dump.type(from) ? "<class>" : UNKNOWN;
  }

  void read(DumpFile file, DoubleConsumer progress) {
    if (wanted.isEmpty()) {
      return;
    }
    file.read(
        EnumSet.of(HprofRecordTag.INSTANCE_DUMP, HprofRecordTag.OBJECT_ARRAY_DUMP),
        (tag, length, reader) -> {
          int object = dump.object(reader.readId());
          Set<Integer> targets = wanted.getOrDefault(object, Set.of());
          reader.skip(4);
          if (tag == HprofRecordTag.INSTANCE_DUMP) {
            instance(object, targets, reader);
          } else {
            array(object, targets, reader);
          }
        },
        progress);
  }

  private void staticFields(int object) {
    HeapClass type = dump.classOf(object);
    if (type == null) {
      return;
    }
    ClassTable classes = dump.classes();
    for (int i = 0; i < type.staticNames.length; i++) {
      put(object, dump.object(type.staticValues[i]), "static " + classes.name(type.staticNames[i]));
    }
    String[] others = {"<superclass>", "<class loader>", "<signers>", "<protection domain>"};
    for (int i = 0; i < others.length; i++) {
      put(object, dump.object(type.otherReferences[i]), others[i]);
    }
  }

  private void instance(int object, Set<Integer> targets, HprofRecordReader reader) {
    reader.readId();
    int length = FirstPass.length(reader.readInt());
    HeapClass type = targets.isEmpty() ? null : dump.type(object);
    if (type == null || length < type.dataBytes()) {
      reader.skip((long) length);
      return;
    }
    int read = 0;
    int depth = 0;
    for (HeapClass each = type; each != null && depth < 1_000; each = each.superclass()) {
      depth++;
      for (int i = 0; i < each.fieldTypes.length; i++) {
        if (each.fieldTypes[i] == FieldTypes.REFERENCE) {
          int target = dump.object(reader.readId());
          read += dump.identifierBytes();
          if (targets.contains(target)) {
            put(object, target, dump.classes().name(each.fieldNames[i]));
          }
        } else {
          int bytes = FieldTypes.bytes(each.fieldTypes[i]);
          reader.skip(bytes);
          read += bytes;
        }
      }
    }
    reader.skip((long) length - read);
  }

  private void array(int object, Set<Integer> targets, HprofRecordReader reader) {
    int length = FirstPass.length(reader.readInt());
    reader.readId();
    if (targets.isEmpty()) {
      reader.skip((long) length * dump.identifierBytes());
      return;
    }
    for (int i = 0; i < length; i++) {
      int target = dump.object(reader.readId());
      if (targets.contains(target)) {
        put(object, target, "[" + i + "]");
      }
    }
  }

  private void put(int from, int to, String name) {
    if (to >= 0 && wanted.getOrDefault(from, Set.of()).contains(to)) {
      names.putIfAbsent(new Link(from, to), name);
    }
  }
}
