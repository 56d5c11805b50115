package whorl.agent.hprof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, most significant byte first. */
final class BigEndian {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  static int u2(byte[] bytes, int offset) {
    return (bytes[offset] & 0xFF) << 8 | (bytes[offset + 1] & 0xFF);
  }

  /** Four bytes; values of 2^31 or more become negative. */
  static int i4(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static long u4(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset) & 0xFFFF_FFFFL;
  }

  /** An identifier of four or eight bytes. */
  static long id(byte[] bytes, int offset, int idBytes) {
    return idBytes == 8 ? (long) LONG.get(bytes, offset) : u4(bytes, offset);
  }

  static void putI4(byte[] bytes, int offset, int value) {
    INT.set(bytes, offset, value);
  }

  static void putId(byte[] bytes, int offset, int idBytes, long id) {
    if (idBytes == 8) {
      LONG.set(bytes, offset, id);
    } else {
      INT.set(bytes, offset, (int) id);
    }
  }
}
