package whorl.collector.heap.dump;

import java.util.Arrays;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A class of a dump. Its name and layout are known once all classes are. For one thread.
 *
 * <p>An instance's bytes in a dump are the fields of its class, then those of the superclass, and
 * so on.
 */
public final class HeapClass {
  private static final int HEADER_BYTES = 12;
  private static final int HEADER_BYTES_32 = 8;
  private static final int ALIGNMENT = 8;
  private static final Set<String> WEAK =
      Set.of(
          "java.lang.ref.WeakReference",
          "java.lang.ref.PhantomReference",
          "java.lang.ref.FinalReference");

  final long id;
  final long superId;
  final long loaderId;
  final long[] otherReferences;
  final long[] staticNames;
  final long[] staticValues;
  final long[] fieldNames;
  final int[] fieldTypes;
  private String name = "unknown";
  private boolean laidOut;
  private @Nullable HeapClass superclass;
  private int[] references = {};
  private int dataBytes;
  private int fieldBytes;
  private int referent = -1;

  HeapClass(
      long id,
      long superId,
      long loaderId,
      long[] otherReferences,
      long[] staticNames,
      long[] staticValues,
      long[] fieldNames,
      int[] fieldTypes) {
    this.id = id;
    this.superId = superId;
    this.loaderId = loaderId;
    this.otherReferences = otherReferences;
    this.staticNames = staticNames;
    this.staticValues = staticValues;
    this.fieldNames = fieldNames;
    this.fieldTypes = fieldTypes;
  }

  /** A class without fields, such as that of an array of primitives. */
  static HeapClass named(String name) {
    HeapClass made =
        new HeapClass(0, 0, 0, new long[0], new long[0], new long[0], new long[0], new int[0]);
    made.name = name;
    return made;
  }

  /** The name as in source code, such as {@code java.lang.String[]}. */
  public String name() {
    return name;
  }

  /** The id of its loader's object; 0 for the boot loader. */
  public long loaderId() {
    return loaderId;
  }

  public @Nullable HeapClass superclass() {
    return superclass;
  }

  /** True if it is this class or extends it. */
  public boolean isA(String className) {
    int depth = 0;
    for (HeapClass each = this; each != null && depth < 1_000; each = each.superclass) {
      if (each.name.equals(className)) {
        return true;
      }
      depth++;
    }
    return false;
  }

  /** True if a static field with this name refers to the object with this id. */
  public boolean hasStatic(String field, long object, HeapDump dump) {
    for (int i = 0; i < staticNames.length; i++) {
      if (staticValues[i] == object && dump.classes().name(staticNames[i]).equals(field)) {
        return true;
      }
    }
    return false;
  }

  void named(String inDump, @Nullable HeapClass above) {
    name = ClassNames.source(inDump);
    superclass = above;
  }

  /**
   * Works out where the references of its instances are.
   *
   * @param identifierBytes of references in the dump
   * @param referenceBytes of references in the JVM
   * @param names of fields, by their ids
   */
  void layOut(int identifierBytes, int referenceBytes, LongFunction<String> names, int depth) {
    if (laidOut) {
      return;
    }
    if (depth > 1_000) {
      throw new DamagedDumpException("class " + name + " extends itself, or too many");
    }
    laidOut = true;
    int[] above = {};
    int aboveBytes = 0;
    int aboveReferent = -1;
    if (superclass != null) {
      superclass.layOut(identifierBytes, referenceBytes, names, depth + 1);
      above = superclass.references;
      aboveBytes = superclass.dataBytes;
      aboveReferent = superclass.referent;
      fieldBytes = superclass.fieldBytes;
    }
    boolean isReference = name.equals("java.lang.ref.Reference");
    int own = 0;
    int count = 0;
    int[] offsets = new int[fieldTypes.length + above.length];
    for (int i = 0; i < fieldTypes.length; i++) {
      if (fieldTypes[i] == FieldTypes.REFERENCE) {
        if (isReference && names.apply(fieldNames[i]).equals("referent")) {
          referent = own;
        }
        offsets[count++] = own;
        own += identifierBytes;
        fieldBytes += referenceBytes;
      } else {
        own += FieldTypes.bytes(fieldTypes[i]);
        fieldBytes += FieldTypes.bytes(fieldTypes[i]);
      }
    }
    if (aboveReferent >= 0) {
      referent = own + aboveReferent;
    }
    boolean weak = WEAK.contains(name);
    for (int each : above) {
      if (!weak || own + each != referent) {
        offsets[count++] = own + each;
      }
    }
    references = Arrays.copyOf(offsets, count);
    dataBytes = own + aboveBytes;
  }

  /**
   * Where the references are in an instance's bytes; without the referent of a weak reference,
   * which keeps nothing alive.
   */
  int[] references() {
    return references;
  }

  /** How many bytes an instance has in the dump. */
  int dataBytes() {
    return dataBytes;
  }

  /** The size of an instance in the JVM, as HotSpot lays it out, without gaps between fields. */
  long instanceBytes(int identifierBytes) {
    return aligned((long) header(identifierBytes) + fieldBytes);
  }

  static long arrayBytes(int identifierBytes, long length, int elementBytes) {
    return aligned(header(identifierBytes) + 4 + length * elementBytes);
  }

  private static int header(int identifierBytes) {
    return identifierBytes == 8 ? HEADER_BYTES : HEADER_BYTES_32;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
