package whorl.agent.heap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Fast DEFLATE: one look-up for each repetition, and the fixed codes. On redacted heaps, which are
 * two thirds zeros, it is several times as fast as the fastest level of {@code
 * java.util.zip.Deflater}, which shortens the application's pause. Its output is larger, so it is
 * meant for networks that are fast enough. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1951">RFC 1951</a>, 3.2.5 and 3.2.6
 */
final class QuickDeflate {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int TABLE_BITS = 13;
  private static final int HASH = 0x9e3779b1;
  private static final int MATCH_MIN = Integer.BYTES;
  private static final int MATCH_MAX = 258;
  private static final int DISTANCE_MAX = 32 << 10;
  private static final int DISTANCE_CODES = 30;
  private static final int DISTANCE_CODE_BITS = 5;
  private static final int TAIL_BYTES = 12;

  /** After every 32 failed look-ups, the step to the next look-up grows by one byte. */
  private static final int MISSES_SHIFT = 5;

  private static final int FLUSH_BITS = 48;
  private static final int BLOCK_HEADER = 0b011; // the last block, fixed codes
  private static final int BLOCK_HEADER_BITS = 3;
  private static final int END_OF_BLOCK_BITS = 7;

  /** By literal: its code, first bit lowest, and the code's length. */
  private static final int[] LITERAL = new int[256];

  private static final byte[] LITERAL_BITS = new byte[256];

  /** By length of a match: its code with the extra bits, and their length. */
  private static final int[] LENGTH = new int[MATCH_MAX + 1];

  private static final byte[] LENGTH_BITS = new byte[MATCH_MAX + 1];
  private static final int[] DISTANCE = new int[DISTANCE_CODES];

  static {
    for (int literal = 0; literal < LITERAL.length; literal++) {
      boolean low = literal < 144;
      LITERAL_BITS[literal] = (byte) (low ? 8 : 9);
      LITERAL[literal] = low ? reversed(0x30 + literal, 8) : reversed(0x190 + literal - 144, 9);
    }
    for (int length = MATCH_MIN; length <= MATCH_MAX; length++) {
      fillLength(length);
    }
    for (int code = 0; code < DISTANCE_CODES; code++) {
      DISTANCE[code] = reversed(code, DISTANCE_CODE_BITS);
    }
  }

  /** The last position of four bytes with this hash. */
  private final int[] table = new int[1 << TABLE_BITS];

  private byte[] to = {};
  private int out;
  private long bits;
  private int count;

  /** The most bytes that an input of this length can take, with some spare bytes for the writes. */
  static int maxBytes(int length) {
    return length + length / 8 + 16;
  }

  /**
   * @param into has room for {@link #maxBytes} from {@code at} on
   * @return the end of the deflated data
   */
  int deflate(byte[] from, int length, byte[] into, int at) {
    Arrays.fill(table, -1);
    to = into;
    out = at;
    bits = BLOCK_HEADER;
    count = BLOCK_HEADER_BITS;
    int in = 0;
    int misses = 0;
    int last = length - TAIL_BYTES;
    while (in < last) {
      int value = (int) INTS.get(from, in);
      int hash = value * HASH >>> Integer.SIZE - TABLE_BITS;
      int before = table[hash];
      table[hash] = in;
      if (before >= 0 && in - before <= DISTANCE_MAX && (int) INTS.get(from, before) == value) {
        int taken = matched(from, before, in, length);
        match(taken, in - before);
        in += taken;
        misses = 0;
      } else {
        int until = Math.min(last, in + 1 + (misses++ >>> MISSES_SHIFT));
        literals(from, in, until);
        in = until;
      }
    }
    literals(from, in, length);
    count += END_OF_BLOCK_BITS;
    LONGS.set(to, out, bits);
    return out + (count + 7) / 8;
  }

  /** The number of bytes that repeat earlier ones; the first four are known to. */
  private static int matched(byte[] from, int before, int in, int length) {
    int most = Math.min(MATCH_MAX, length - in);
    int same = MATCH_MIN;
    while (same + Long.BYTES <= most) {
      long difference = (long) LONGS.get(from, before + same) ^ (long) LONGS.get(from, in + same);
      if (difference != 0) {
        return same + Long.numberOfTrailingZeros(difference) / 8;
      }
      same += Long.BYTES;
    }
    while (same < most && from[before + same] == from[in + same]) {
      same++;
    }
    return same;
  }

  private void literals(byte[] from, int start, int end) {
    long gathered = bits;
    int held = count;
    // A previous match may have left more bits than leave room for a literal.
    if (held >= FLUSH_BITS) {
      LONGS.set(to, out, gathered);
      out += FLUSH_BITS / 8;
      gathered >>>= FLUSH_BITS;
      held -= FLUSH_BITS;
    }
    for (int i = start; i < end; i++) {
      int literal = from[i] & 0xff;
      gathered |= (long) LITERAL[literal] << held;
      held += LITERAL_BITS[literal];
      if (held >= FLUSH_BITS) {
        LONGS.set(to, out, gathered);
        out += FLUSH_BITS / 8;
        gathered >>>= FLUSH_BITS;
        held -= FLUSH_BITS;
      }
    }
    bits = gathered;
    count = held;
  }

  private void match(int length, int distance) {
    if (count >= Integer.SIZE) {
      LONGS.set(to, out, bits);
      out += Integer.BYTES;
      bits >>>= Integer.SIZE;
      count -= Integer.SIZE;
    }
    long code = LENGTH[length];
    int codeBits = LENGTH_BITS[length];
    int from = distance - 1;
    int extraBits = from < 4 ? 0 : 30 - Integer.numberOfLeadingZeros(from);
    int number = from < 4 ? from : (extraBits << 1) + (from >>> extraBits);
    code |= (long) DISTANCE[number] << codeBits;
    codeBits += DISTANCE_CODE_BITS;
    code |= (long) (from & (1 << extraBits) - 1) << codeBits;
    bits |= code << count;
    count += codeBits + extraBits;
  }

  /**
   * Eight lengths have codes of their own; then there are four codes for each number of extra bits.
   */
  private static void fillLength(int length) {
    int code;
    int extraBits = 0;
    int extra = 0;
    int from = length - 3;
    if (length == MATCH_MAX) {
      code = 285;
    } else if (length < 11) {
      code = 257 + from;
    } else {
      extraBits = 29 - Integer.numberOfLeadingZeros(from);
      code = 257 + (extraBits << 2) + (from >>> extraBits);
      extra = from & (1 << extraBits) - 1;
    }
    int codeBits = code < 280 ? 7 : 8;
    int value = code < 280 ? code - 256 : 0xc0 + code - 280;
    LENGTH[length] = reversed(value, codeBits) | extra << codeBits;
    LENGTH_BITS[length] = (byte) (codeBits + extraBits);
  }

  private static int reversed(int code, int bits) {
    return Integer.reverse(code) >>> Integer.SIZE - bits;
  }
}
