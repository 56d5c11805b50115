package whorl.collector.heap.dump;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.DoubleConsumer;
import shark.GcRoot;
import shark.HprofRecord;
import shark.HprofRecordReader;
import shark.HprofRecordTag;
import whorl.collector.heap.graph.LongList;

/** Finds all objects, classes and roots. For one thread. */
final class FirstPass {
  private static final int FRAMES_MAX = 100_000;

  private final int identifierBytes;
  private final LongList ids = new LongList();
  private final ClassTable classes = new ClassTable();
  private final RootTable roots = new RootTable();

  FirstPass(DumpFile dump, DoubleConsumer progress) {
    this.identifierBytes = dump.identifierBytes();
    Set<HprofRecordTag> tags =
        EnumSet.of(
            HprofRecordTag.LOAD_CLASS,
            HprofRecordTag.STACK_FRAME,
            HprofRecordTag.STACK_TRACE,
            HprofRecordTag.CLASS_DUMP,
            HprofRecordTag.INSTANCE_DUMP,
            HprofRecordTag.OBJECT_ARRAY_DUMP,
            HprofRecordTag.PRIMITIVE_ARRAY_DUMP);
    tags.addAll(HprofRecordTag.Companion.getRootTags());
    dump.read(tags, this::record, progress);
  }

  LongList ids() {
    return ids;
  }

  ClassTable classes() {
    return classes;
  }

  RootTable roots() {
    return roots;
  }

  private void record(HprofRecordTag tag, long length, HprofRecordReader reader) {
    switch (tag) {
      case LOAD_CLASS -> {
        HprofRecord.LoadClassRecord loaded = reader.readLoadClassRecord();
        classes.loaded(
            loaded.getClassSerialNumber(), loaded.getId(), loaded.getClassNameStringId());
      }
      case STACK_FRAME -> roots.add(reader.readStackFrameRecord());
      case STACK_TRACE -> stack(length, reader);
      case CLASS_DUMP -> {
        HprofRecord.HeapDumpRecord.ObjectRecord.ClassDumpRecord dumped =
            reader.readClassDumpRecord();
        classes.add(dumped);
        ids.add(dumped.getId());
      }
      case INSTANCE_DUMP -> {
        ids.add(reader.readId());
        reader.skip(4 + identifierBytes);
        reader.skip((long) length(reader.readInt()));
      }
      case OBJECT_ARRAY_DUMP -> {
        ids.add(reader.readId());
        reader.skip(4);
        long elements = length(reader.readInt());
        reader.skip((1 + elements) * identifierBytes);
      }
      case PRIMITIVE_ARRAY_DUMP -> {
        ids.add(reader.readId());
        reader.skip(4);
        long elements = length(reader.readInt());
        reader.skip(elements * FieldTypes.bytes(reader.readUnsignedByte()));
      }
      default -> root(tag, reader);
    }
  }

  private void stack(long length, HprofRecordReader reader) {
    int serial = reader.readInt();
    reader.readInt(); // the thread's; the thread itself names its stack
    int count = length(reader.readInt());
    if (count > FRAMES_MAX || 12 + (long) count * identifierBytes > length) {
      throw new DamagedDumpException("a stack has " + count + " frames");
    }
    roots.add(serial, reader.readIdArray(count));
  }

  private void root(HprofRecordTag tag, HprofRecordReader reader) {
    switch (tag) {
      case ROOT_THREAD_OBJECT -> {
        GcRoot.ThreadObject thread = reader.readThreadObjectGcRootRecord();
        roots.add(
            new RootTable.ThreadRoot(
                thread.getId(),
                thread.getThreadSerialNumber(),
                thread.getStackTraceSerialNumber()));
      }
      case ROOT_JAVA_FRAME -> {
        GcRoot.JavaFrame local = reader.readJavaFrameGcRootRecord();
        add(local.getId(), "local variable", local.getThreadSerialNumber(), local.getFrameNumber());
      }
      case ROOT_JNI_LOCAL -> {
        GcRoot.JniLocal local = reader.readJniLocalGcRootRecord();
        add(local.getId(), "JNI local", local.getThreadSerialNumber(), local.getFrameNumber());
      }
      case ROOT_NATIVE_STACK -> {
        GcRoot.NativeStack local = reader.readNativeStackGcRootRecord();
        add(local.getId(), "native stack", local.getThreadSerialNumber(), -1);
      }
      case ROOT_THREAD_BLOCK -> {
        GcRoot.ThreadBlock local = reader.readThreadBlockGcRootRecord();
        add(local.getId(), "thread block", local.getThreadSerialNumber(), -1);
      }
      case ROOT_JNI_GLOBAL -> add(reader.readJniGlobalGcRootRecord().getId(), "JNI global");
      case ROOT_STICKY_CLASS -> add(reader.readStickyClassGcRootRecord().getId(), "system class");
      case ROOT_MONITOR_USED -> add(reader.readMonitorUsedGcRootRecord().getId(), "monitor");
      case ROOT_JNI_MONITOR -> add(reader.readJniMonitorGcRootRecord().getId(), "JNI monitor");
      case ROOT_UNREACHABLE -> reader.readUnreachableGcRootRecord(); // it holds nothing
      default -> add(reader.readId(), tag == HprofRecordTag.ROOT_UNKNOWN ? "unknown" : "JVM");
    }
  }

  private void add(long object, String kind) {
    add(object, kind, 0, -1);
  }

  private void add(long object, String kind, int thread, int frame) {
    roots.add(new RootTable.Root(object, kind, thread, frame));
  }

  /**
   * @throws DamagedDumpException if it is negative
   */
  static int length(int read) {
    if (read < 0) {
      throw new DamagedDumpException("a length is negative: " + read);
    }
    return read;
  }
}
