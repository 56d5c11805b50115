package whorl.collector.heap.dump;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongToIntFunction;

/**
 * What leads from strings, threads and class loaders to their text. Text itself stays in the file.
 * For one thread.
 */
public final class Values {
  private static final String LOADER = "java.lang.ClassLoader";
  private static final String THREAD = "java.lang.Thread";
  private static final int NAMED_MAX = 1_000_000;

  /** Where a class's instances have what is needed; negative for what they do not have. */
  private record Offsets(int value, int coder, int name, int state) {}

  private final boolean strings;
  private final BitSet arrays = new BitSet();
  private final BitSet wide = new BitSet();
  private final Map<Integer, Integer> names = new HashMap<>();
  private final Map<Integer, Integer> states = new HashMap<>();
  private Offsets[] offsets = {};
  private int identifierBytes;
  private long stringCount;

  Values(boolean strings) {
    this.strings = strings;
  }

  void prepare(ClassTable classes, int identifiers) {
    identifierBytes = identifiers;
    offsets = new Offsets[classes.size()];
    for (int i = 0; i < offsets.length; i++) {
      HeapClass each = classes.get(i);
      if (each.name().equals("java.lang.String")) {
        offsets[i] =
            new Offsets(
                at(each, "java.lang.String", "value", classes),
                at(each, "java.lang.String", "coder", classes),
                -1,
                -1);
      } else if (each.isA(THREAD)) {
        offsets[i] = new Offsets(-1, -1, at(each, THREAD, "name", classes), -1);
      } else if (each.isA(LOADER)) {
        offsets[i] =
            new Offsets(
                -1, -1, at(each, LOADER, "name", classes), at(each, null, "state", classes));
      }
    }
  }

  void instance(int object, int type, byte[] bytes, LongToIntFunction objects) {
    Offsets of = offsets[type];
    if (of == null) {
      return;
    }
    int array = reference(bytes, of.value(), objects);
    if (of.value() >= 0) {
      stringCount++;
    }
    if (strings && array >= 0) {
      arrays.set(array);
      if (of.coder() >= 0 && bytes[of.coder()] == 1) {
        wide.set(array);
      }
    }
    put(names, object, strings ? reference(bytes, of.name(), objects) : -1);
    put(states, object, reference(bytes, of.state(), objects));
  }

  /** How many strings there are. */
  public long strings() {
    return stringCount;
  }

  /** The string that names a thread or class loader, negative if that is not known. */
  public int name(int object) {
    return names.getOrDefault(object, -1);
  }

  /** What the field {@code state} of a class loader refers to, negative if it has none. */
  public int state(int loader) {
    return states.getOrDefault(loader, -1);
  }

  /** True if the array has the text of a string. */
  boolean isText(int array) {
    return arrays.get(array);
  }

  /** True if the array has two bytes for each character. */
  boolean isWide(int array) {
    return wide.get(array);
  }

  private int reference(byte[] bytes, int offset, LongToIntFunction objects) {
    return offset < 0
        ? -1
        : objects.applyAsInt(ReferencePass.identifier(bytes, offset, identifierBytes));
  }

  private static void put(Map<Integer, Integer> map, int object, int value) {
    if (value >= 0 && map.size() < NAMED_MAX) {
      map.put(object, value);
    }
  }

  /** Where instances have a field; negative if they do not. */
  private int at(
      HeapClass type,
      @org.jspecify.annotations.Nullable String declaring,
      String name,
      ClassTable classes) {
    int offset = 0;
    int depth = 0;
    for (HeapClass each = type; each != null && depth < 1_000; each = each.superclass()) {
      depth++;
      for (int i = 0; i < each.fieldTypes.length; i++) {
        boolean found =
            (declaring == null || each.name().equals(declaring))
                && classes.name(each.fieldNames[i]).equals(name);
        if (found && (name.equals("coder") || each.fieldTypes[i] == FieldTypes.REFERENCE)) {
          return offset;
        }
        offset +=
            each.fieldTypes[i] == FieldTypes.REFERENCE
                ? identifierBytes
                : FieldTypes.bytes(each.fieldTypes[i]);
      }
    }
    return -1;
  }
}
