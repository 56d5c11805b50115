package whorl.agent.hprof;

import java.io.IOException;
import whorl.agent.hprof.format.BigEndian;
import whorl.agent.hprof.format.Tags;

/**
 * Passes HEAP_DUMP_SEGMENT records from an input to the outlet, changing contents in place. No
 * record changes its size, and no object is held whole. The application waits for this loop, so it
 * allocates no objects.
 */
final class SegmentFilter {
  private final boolean redacted;
  private final HprofHead head;
  private final int idBytes;
  private final RecordInput in;
  private final Outlet outlet;
  private final TopRecords top;
  private final NameTable names;
  private final PaddingFrames paddingFrames;
  private final ClassLayouts layouts;
  private final ClassDumps classes;
  private long instances;
  private long objectArrays;
  private long primitiveArrays;
  private long instancesBlanked;

  SegmentFilter(PassState state, RecordInput in) {
    this.redacted = state.content().isRedacted();
    this.head = state.head();
    this.idBytes = head.idBytes();
    this.in = in;
    this.outlet = state.outlet();
    this.top = state.top();
    this.names = state.names();
    this.paddingFrames = state.padding();
    this.layouts = state.layouts();
    this.classes = new ClassDumps(state.content(), in, idBytes, top, names, layouts);
    in.passTo(outlet);
  }

  /** Passes one segment record, whose head is next. */
  void pass() throws IOException {
    in.need(Tags.RECORD_HEAD_BYTES);
    int tag = in.bytes[in.at] & 0xFF;
    if (tag != Tags.HEAP_DUMP && tag != Tags.HEAP_DUMP_SEGMENT) {
      throw RefusedDumpException.at("record", tag, in.offset(), "is no segment of a heap");
    }
    long left = BigEndian.u4(in.bytes, in.at + 5);
    in.at += Tags.RECORD_HEAD_BYTES;
    while (left > 0) {
      in.need(1);
      left = subRecord(in.bytes[in.at] & 0xFF, left);
    }
    in.flush();
  }

  private long subRecord(int tag, long left) throws IOException {
    if (tag == Tags.CLASS_DUMP) {
      return classes.pass(left);
    }
    if (!outlet.isOpen()) {
      open();
    }
    switch (tag) {
      case Tags.INSTANCE_DUMP:
        return instance(left);
      case Tags.OBJECT_ARRAY_DUMP:
        return objectArray(left);
      case Tags.PRIMITIVE_ARRAY_DUMP:
        return primitiveArray(left);
      default:
        return root(tag, left);
    }
  }

  private void open() throws IOException {
    if (!layouts.hasZeroed(top.stringClass())) {
      throw new RefusedDumpException(
          "heap dump: java.lang.String is not among its classes with the field hash, so that its"
              + " contents cannot be distinguished; set heap.content=full to have them all");
    }
    in.flush();
    outlet.open(head, names);
  }

  private long instance(long left) throws IOException {
    int headBytes = 1 + idBytes + 4 + idBytes + 4;
    head(Tags.INSTANCE_DUMP, headBytes, left);
    int at = in.at + 1 + idBytes + 4;
    long type = BigEndian.id(in.bytes, at, idBytes);
    int bytes = BigEndian.i4(in.bytes, at + idBytes);
    long after = after(Tags.INSTANCE_DUMP, left, headBytes, bytes, 1);
    in.at += headBytes;
    instances++;
    if (redacted) {
      redact(type, bytes);
    } else {
      in.skip(bytes);
    }
    return after;
  }

  private void redact(long type, int bytes) throws IOException {
    int[] zeroed = layouts.zeroed(type, bytes);
    if (zeroed == null) {
      instancesBlanked++;
      in.blank(bytes);
      return;
    }
    int done = 0;
    for (int i = 0; i < zeroed.length; i += 2) {
      in.skip(zeroed[i] - done);
      in.blank(zeroed[i + 1]);
      done = zeroed[i] + zeroed[i + 1];
    }
    in.skip(bytes - done);
  }

  private long objectArray(long left) throws IOException {
    int headBytes = 1 + idBytes + 4 + 4 + idBytes;
    head(Tags.OBJECT_ARRAY_DUMP, headBytes, left);
    int length = BigEndian.i4(in.bytes, in.at + 1 + idBytes + 4);
    long after = after(Tags.OBJECT_ARRAY_DUMP, left, headBytes, length, idBytes);
    in.at += headBytes;
    objectArrays++;
    in.skip((long) length * idBytes);
    return after;
  }

  private long primitiveArray(long left) throws IOException {
    int headBytes = 1 + idBytes + 4 + 4 + 1;
    head(Tags.PRIMITIVE_ARRAY_DUMP, headBytes, left);
    int length = BigEndian.i4(in.bytes, in.at + 1 + idBytes + 4);
    int type = in.bytes[in.at + headBytes - 1];
    int elementBytes = Tags.primitiveBytes(type);
    if (elementBytes == 0) {
      throw refused(Tags.PRIMITIVE_ARRAY_DUMP, "an array of the unknown type " + type);
    }
    long after = after(Tags.PRIMITIVE_ARRAY_DUMP, left, headBytes, length, elementBytes);
    in.at += headBytes;
    primitiveArrays++;
    if (redacted) {
      in.blank((long) length * elementBytes);
    } else {
      in.skip((long) length * elementBytes);
    }
    return after;
  }

  private long root(int tag, long left) throws IOException {
    int bytes = rootBytes(tag);
    head(tag, bytes, left);
    if (tag == Tags.ROOT_JAVA_FRAME || tag == Tags.ROOT_JNI_LOCAL) {
      int thread = in.at + 1 + idBytes;
      if (paddingFrames.cut(BigEndian.u4(in.bytes, thread))) {
        // no frame: it was padding, or its number has changed without the padding
        BigEndian.putI4(in.bytes, thread + 4, -1);
      }
    }
    in.at += bytes;
    return left - bytes;
  }

  private int rootBytes(int tag) throws IOException {
    switch (tag) {
      case Tags.ROOT_UNKNOWN:
      case Tags.ROOT_STICKY_CLASS:
      case Tags.ROOT_MONITOR_USED:
        return 1 + idBytes;
      case Tags.ROOT_JNI_GLOBAL:
        return 1 + 2 * idBytes;
      case Tags.ROOT_NATIVE_STACK:
      case Tags.ROOT_THREAD_BLOCK:
        return 1 + idBytes + 4;
      case Tags.ROOT_JNI_LOCAL:
      case Tags.ROOT_JAVA_FRAME:
      case Tags.ROOT_THREAD_OBJECT:
        return 1 + idBytes + 8;
      default:
        throw refused(tag, "unknown kind");
    }
  }

  private void head(int tag, int bytes, long left) throws IOException {
    if (bytes > left) {
      throw refused(tag, "reaches beyond its segment");
    }
    in.need(bytes);
  }

  /** The bytes of the segment that are left after a sub-record with this many elements. */
  private long after(int tag, long left, int headBytes, int count, int elementBytes)
      throws IOException {
    long after = left - headBytes - (long) count * elementBytes;
    if (count < 0 || after < 0) {
      throw refused(
          tag, "has " + (count & 0xFFFF_FFFFL) + " elements, which reach beyond its segment");
    }
    return after;
  }

  private IOException refused(int tag, String why) {
    return RefusedDumpException.at("sub-record", tag, in.offset(), why);
  }

  long classes() {
    return classes.passed();
  }

  long instances() {
    return instances;
  }

  long objectArrays() {
    return objectArrays;
  }

  long primitiveArrays() {
    return primitiveArrays;
  }

  long instancesBlanked() {
    return instancesBlanked;
  }
}
