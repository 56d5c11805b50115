package whorl.collector.heap.dump;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import shark.HprofRecord.HeapDumpRecord.ObjectRecord.ClassDumpRecord;
import shark.HprofRecord.HeapDumpRecord.ObjectRecord.ClassDumpRecord.FieldRecord;
import shark.HprofRecord.HeapDumpRecord.ObjectRecord.ClassDumpRecord.StaticFieldRecord;
import shark.ValueHolder;
import whorl.collector.heap.graph.LongIntMap;

/**
 * All classes of a dump, numbered from 0; before them the arrays of primitives, which a dump does
 * not name, and a class for objects whose class is missing. For one thread.
 */
final class ClassTable {
  /** The class of objects whose class is not in the dump. */
  static final int UNKNOWN = 0;

  private static final int CLASSES_MAX = 1_000_000;

  private final List<HeapClass> classes = new ArrayList<>();
  private final LongIntMap byId = new LongIntMap();
  private final Map<Long, Long> nameIds = new HashMap<>();
  private final Map<Integer, Long> bySerial = new HashMap<>();
  private final Map<Long, String> names = new HashMap<>();
  private int classClass = UNKNOWN;
  private int instances = UNKNOWN;

  ClassTable() {
    classes.add(HeapClass.named("unknown"));
    for (int type = 4; FieldTypes.isPrimitive(type); type++) {
      classes.add(HeapClass.named(FieldTypes.name(type) + "[]"));
    }
    instances = classes.size();
  }

  /** The class of arrays of this primitive type. */
  static int ofPrimitives(int type) {
    FieldTypes.bytes(type); // is known
    return type - 3;
  }

  void loaded(int serial, long id, long nameId) {
    nameIds.put(id, nameId);
    bySerial.put(serial, id);
  }

  void add(ClassDumpRecord dumped) {
    if (byId.get(dumped.getId()) != LongIntMap.ABSENT) {
      return;
    }
    if (classes.size() == CLASSES_MAX) {
      throw new DamagedDumpException("it has more than " + CLASSES_MAX + " classes");
    }
    List<Long> staticNames = new ArrayList<>();
    List<Long> staticValues = new ArrayList<>();
    for (StaticFieldRecord each : dumped.getStaticFields()) {
      if (each.getValue() instanceof ValueHolder.ReferenceHolder reference) {
        staticNames.add(each.getNameStringId());
        staticValues.add(reference.getValue());
      }
    }
    int fields = dumped.getFields().size();
    long[] fieldNames = new long[fields];
    int[] fieldTypes = new int[fields];
    for (int i = 0; i < fields; i++) {
      FieldRecord each = dumped.getFields().get(i);
      fieldNames[i] = each.getNameStringId();
      fieldTypes[i] = each.getType();
    }
    byId.put(dumped.getId(), classes.size());
    classes.add(
        new HeapClass(
            dumped.getId(),
            dumped.getSuperclassId(),
            dumped.getClassLoaderId(),
            new long[] {
              dumped.getSuperclassId(),
              dumped.getClassLoaderId(),
              dumped.getSignersId(),
              dumped.getProtectionDomainId()
            },
            longs(staticNames),
            longs(staticValues),
            fieldNames,
            fieldTypes));
  }

  /** The ids of the strings that name classes and fields. */
  Set<Long> wantedNames() {
    Set<Long> wanted = new HashSet<>(nameIds.values());
    for (HeapClass each : classes) {
      for (long name : each.fieldNames) {
        wanted.add(name);
      }
      for (long name : each.staticNames) {
        wanted.add(name);
      }
    }
    return wanted;
  }

  void named(long nameId, String name) {
    names.put(nameId, name);
  }

  String name(long nameId) {
    return names.getOrDefault(nameId, "?");
  }

  /** Gives all classes their names and superclasses. */
  void nameAll() {
    for (int i = instances; i < classes.size(); i++) {
      HeapClass each = classes.get(i);
      Long nameId = nameIds.get(each.id);
      int above = byId.get(each.superId);
      each.named(
          nameId == null ? "unknown" : name(nameId),
          above == LongIntMap.ABSENT ? null : classes.get(above));
      if (each.name().equals("java.lang.Class")) {
        classClass = i;
      }
    }
  }

  void layOut(int identifierBytes, int referenceBytes) {
    for (HeapClass each : classes) {
      each.layOut(identifierBytes, referenceBytes, this::name, 0);
    }
  }

  int size() {
    return classes.size();
  }

  /** The number of the first class that the dump itself has. */
  int first() {
    return instances;
  }

  HeapClass get(int number) {
    return classes.get(number);
  }

  /** The number of the class with this id, {@link #UNKNOWN} if there is none. */
  int number(long id) {
    int found = byId.get(id);
    return found == LongIntMap.ABSENT ? UNKNOWN : found;
  }

  /** {@code java.lang.Class}. */
  int ofClasses() {
    return classClass;
  }

  /** The name of the class with this serial number, null if there is none. */
  @Nullable String nameOfSerial(int serial) {
    Long id = bySerial.get(serial);
    Long nameId = id == null ? null : nameIds.get(id);
    return nameId == null ? null : ClassNames.source(name(nameId));
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
