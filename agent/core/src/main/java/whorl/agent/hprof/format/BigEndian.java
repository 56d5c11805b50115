package whorl.agent.hprof.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, most significant byte first. */
public final class BigEndian {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** Two bytes, from 0 to 65,535. */
  public static int u2(byte[] bytes, int offset) {
    return (bytes[offset] & 0xFF) << 8 | (bytes[offset + 1] & 0xFF);
  }

  /** Four bytes; values of 2^31 or more become negative. */
  public static int i4(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  /** Four bytes, from 0 to 2^32 - 1. */
  public static long u4(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset) & 0xFFFF_FFFFL;
  }

  /** An identifier of four or eight bytes. */
  public static long id(byte[] bytes, int offset, int idBytes) {
    return idBytes == 8 ? (long) LONG.get(bytes, offset) : u4(bytes, offset);
  }

  public static void putI4(byte[] bytes, int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** Writes an identifier of four or eight bytes. */
  public static void putId(byte[] bytes, int offset, int idBytes, long id) {
    if (idBytes == 8) {
      LONG.set(bytes, offset, id);
    } else {
      INT.set(bytes, offset, (int) id);
    }
  }
}
