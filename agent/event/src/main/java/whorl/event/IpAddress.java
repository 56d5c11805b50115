package whorl.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses an IP address literal; never queries DNS, as {@link java.net.InetAddress} may. An IPv4
 * address becomes its mapped IPv6 address ({@code ::ffff:a.b.c.d}, RFC 4291).
 */
public final class IpAddress {
  public static final int BYTES = 16;

  /** The number of leading bits of a mapped IPv4 address. */
  public static final int MAPPED_BITS = 96;

  private static final int GROUPS = 8;

  private IpAddress() {}

  /** Returns sixteen bytes, or null if {@code text} is not an address literal. */
  public static byte @Nullable [] parse(String text) {
    String literal = text;
    if (literal.startsWith("[") && literal.endsWith("]")) {
      literal = literal.substring(1, literal.length() - 1);
    }
    int zone = literal.indexOf('%');
    if (zone >= 0) {
      literal = literal.substring(0, zone);
    }
    byte[] address = new byte[BYTES];
    if (literal.indexOf(':') >= 0) {
      return v6(literal, address) ? address : null;
    }
    address[10] = (byte) 0xff;
    address[11] = (byte) 0xff;
    return v4(literal, address, BYTES - 4) ? address : null;
  }

  private static boolean v4(String literal, byte[] into, int at) {
    int position = 0;
    for (int i = 0; i < 4; i++) {
      int dot = i < 3 ? literal.indexOf('.', position) : literal.length();
      int value = dot < 0 ? -1 : number(literal, position, dot, 10, 255);
      if (value < 0) {
        return false;
      }
      into[at + i] = (byte) value;
      position = dot + 1;
    }
    return true;
  }

  private static boolean v6(String literal, byte[] into) {
    int gap = literal.indexOf("::");
    if (gap < 0) {
      return groups(literal, into, 0) == GROUPS;
    }
    byte[] tail = new byte[BYTES];
    int before = groups(literal.substring(0, gap), into, 0);
    int after = groups(literal.substring(gap + 2), tail, 0);
    if (before < 0 || after < 0 || before + after >= GROUPS) {
      Arrays.fill(into, (byte) 0);
      return false;
    }
    System.arraycopy(tail, 0, into, BYTES - 2 * after, 2 * after);
    return true;
  }

  /** Returns the number of 16-bit groups, or -1 if it cannot parse them. */
  private static int groups(String literal, byte[] into, int first) {
    if (literal.isEmpty()) {
      return 0;
    }
    int group = first;
    int position = 0;
    while (position <= literal.length()) {
      int colon = literal.indexOf(':', position);
      int end = colon < 0 ? literal.length() : colon;
      if (colon < 0 && literal.indexOf('.', position) >= 0) {
        boolean fits = group <= GROUPS - 2;
        return fits && v4(literal.substring(position), into, 2 * group) ? group + 2 : -1;
      }
      int value = group < GROUPS ? number(literal, position, end, 16, 0xffff) : -1;
      if (value < 0) {
        return -1;
      }
      into[2 * group] = (byte) (value >> 8);
      into[2 * group + 1] = (byte) value;
      group++;
      position = end + 1;
    }
    return group;
  }

  private static int number(String text, int from, int to, int radix, int max) {
    if (from >= to || to - from > 4) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value <= max ? value : -1;
  }
}
