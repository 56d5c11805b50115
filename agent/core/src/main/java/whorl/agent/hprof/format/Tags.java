package whorl.agent.hprof.format;

/** HPROF 1.0.2's tags and sizes, as HotSpot's heapDumper.cpp writes them. */
public final class Tags {
  public static final int UTF8 = 0x01;
  public static final int LOAD_CLASS = 0x02;
  public static final int FRAME = 0x04;
  public static final int TRACE = 0x05;
  public static final int HEAP_DUMP = 0x0C;
  public static final int HEAP_DUMP_SEGMENT = 0x1C;
  public static final int HEAP_DUMP_END = 0x2C;

  public static final int ROOT_UNKNOWN = 0xFF;
  public static final int ROOT_JNI_GLOBAL = 0x01;
  public static final int ROOT_JNI_LOCAL = 0x02;
  public static final int ROOT_JAVA_FRAME = 0x03;
  public static final int ROOT_NATIVE_STACK = 0x04;
  public static final int ROOT_STICKY_CLASS = 0x05;
  public static final int ROOT_THREAD_BLOCK = 0x06;
  public static final int ROOT_MONITOR_USED = 0x07;
  public static final int ROOT_THREAD_OBJECT = 0x08;
  public static final int CLASS_DUMP = 0x20;
  public static final int INSTANCE_DUMP = 0x21;
  public static final int OBJECT_ARRAY_DUMP = 0x22;
  public static final int PRIMITIVE_ARRAY_DUMP = 0x23;

  public static final int TYPE_OBJECT = 2;
  public static final int TYPE_INT = 10;
  public static final int TYPE_LONG = 11;

  /** Tag (u1), time (u4), length of the body (u4). */
  public static final int RECORD_HEAD_BYTES = 9;

  private Tags() {}

  /** Bytes of one value of a primitive type; 0 for an unknown type. */
  public static int primitiveBytes(int type) {
    switch (type) {
      case 4: // boolean
      case 8: // byte
        return 1;
      case 5: // char
      case 9: // short
        return 2;
      case 6: // float
      case TYPE_INT:
        return 4;
      case 7: // double
      case TYPE_LONG:
        return 8;
      default:
        return 0;
    }
  }

  /** Bytes of one value of any type; 0 for an unknown type. */
  public static int valueBytes(int type, int idBytes) {
    return type == TYPE_OBJECT ? idBytes : primitiveBytes(type);
  }
}
