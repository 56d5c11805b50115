package whorl.collector.analysis;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** IP addresses as texts of evidence. Looks up nothing. */
final class Addresses {
  private static final int ADDRESS_CHARS = 64;

  private Addresses() {}

  static boolean isAddress(String text) {
    return parsed(text) != null;
  }

  static boolean isV4(String text) {
    InetAddress address = parsed(text);
    return address != null && address.getAddress().length == 4;
  }

  /** Loopback, or the address that means any. */
  static boolean isLoopback(String text) {
    InetAddress address = parsed(text);
    return address == null
        ? text.equals("localhost")
        : address.isLoopbackAddress() || address.isAnyLocalAddress();
  }

  /** Of a private network or a link. */
  static boolean isPrivate(String text) {
    InetAddress address = parsed(text);
    if (address == null) {
      return false;
    }
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    boolean carrier = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    return address.isSiteLocalAddress() || address.isLinkLocalAddress() || uniqueLocal || carrier;
  }

  /** As everybody writes it; null for what is no address. */
  static @Nullable String canonical(String text) {
    InetAddress address = parsed(text);
    return address == null ? null : NetUtil.toAddressString(address);
  }

  private static @Nullable InetAddress parsed(String text) {
    return text.length() > ADDRESS_CHARS
        ? null
        : NetUtil.createInetAddressFromIpAddressString(text);
  }
}
