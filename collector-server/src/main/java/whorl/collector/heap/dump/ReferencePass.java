package whorl.collector.heap.dump;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.DoubleConsumer;
import shark.HprofRecordReader;
import shark.HprofRecordTag;

/** Finds out what each object refers to. For one thread. */
final class ReferencePass {
  /** A class file's fields cannot have more. */
  private static final int INSTANCE_MAX_BYTES = 1 << 20;

  private static final int REFERENCE_BYTES_OF_STATICS = 8;

  private final DumpFile file;
  private final int identifierBytes;
  private final int referenceBytes;
  private final long[] ids;
  private final ClassTable classes;
  private final Values values;
  private final ReferenceTable table;

  ReferencePass(DumpFile file, long[] ids, ClassTable classes, Values values, int referenceBytes) {
    this.file = file;
    this.identifierBytes = file.identifierBytes();
    this.referenceBytes = referenceBytes;
    this.ids = ids;
    this.classes = classes;
    this.values = values;
    this.table = new ReferenceTable(ids.length);
  }

  ReferenceTable table() {
    return table;
  }

  void read(DoubleConsumer progress) {
    values.prepare(classes, identifierBytes);
    addClasses();
    file.read(
        EnumSet.of(
            HprofRecordTag.INSTANCE_DUMP,
            HprofRecordTag.OBJECT_ARRAY_DUMP,
            HprofRecordTag.PRIMITIVE_ARRAY_DUMP),
        (tag, length, reader) -> {
          switch (tag) {
            case INSTANCE_DUMP -> instance(reader);
            case OBJECT_ARRAY_DUMP -> objectArray(reader);
            default -> primitiveArray(reader);
          }
        },
        progress);
  }

  private void addClasses() {
    HeapClass ofClasses = classes.get(classes.ofClasses());
    for (int i = classes.first(); i < classes.size(); i++) {
      HeapClass each = classes.get(i);
      int object = index(each.id);
      long bytes =
          ofClasses.instanceBytes(identifierBytes)
              + (long) REFERENCE_BYTES_OF_STATICS * each.staticValues.length;
      if (object < 0 || !table.begin(object, classes.ofClasses(), bytes)) {
        continue;
      }
      for (long target : each.staticValues) {
        add(object, target);
      }
      for (long target : each.otherReferences) {
        add(object, target);
      }
    }
  }

  private void instance(HprofRecordReader reader) {
    int object = index(reader.readId());
    reader.skip(4);
    int type = classes.number(reader.readId());
    HeapClass of = classes.get(type);
    int length = FirstPass.length(reader.readInt());
    if (length > INSTANCE_MAX_BYTES || length < of.dataBytes() || object < 0) {
      if (object >= 0) {
        table.begin(object, type, HeapClass.arrayBytes(identifierBytes, length, 1));
      }
      reader.skip((long) length);
      return;
    }
    byte[] bytes = reader.readByteArray(length);
    long size =
        type == ClassTable.UNKNOWN
            ? HeapClass.arrayBytes(identifierBytes, length, 1)
            : of.instanceBytes(identifierBytes);
    if (!table.begin(object, type, size)) {
      return;
    }
    for (int offset : of.references()) {
      add(object, identifier(bytes, offset, identifierBytes));
    }
    values.instance(object, type, bytes, this::index);
  }

  private void objectArray(HprofRecordReader reader) {
    int object = index(reader.readId());
    reader.skip(4);
    int length = FirstPass.length(reader.readInt());
    int type = classes.number(reader.readId());
    boolean first =
        object >= 0
            && table.begin(
                object, type, HeapClass.arrayBytes(identifierBytes, length, referenceBytes));
    for (int i = 0; i < length; i++) {
      long target = reader.readId();
      if (first) {
        add(object, target);
      }
    }
  }

  private void primitiveArray(HprofRecordReader reader) {
    int object = index(reader.readId());
    reader.skip(4);
    long length = FirstPass.length(reader.readInt());
    int type = reader.readUnsignedByte();
    int elementBytes = FieldTypes.bytes(type);
    if (object >= 0) {
      table.begin(
          object,
          ClassTable.ofPrimitives(type),
          HeapClass.arrayBytes(identifierBytes, length, elementBytes));
    }
    reader.skip(length * elementBytes);
  }

  private void add(int object, long target) {
    int index = index(target);
    if (index >= 0) {
      table.add(object, index);
    }
  }

  private int index(long id) {
    return id == 0 ? -1 : Arrays.binarySearch(ids, id);
  }

  /** An identifier in an instance's bytes, as the reader reads identifiers. */
  static long identifier(byte[] bytes, int offset, int identifierBytes) {
    long value = bytes[offset];
    for (int i = 1; i < identifierBytes; i++) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return value;
  }
}
