package whorl.collector.analysis.rows;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Parses IP addresses that evidence holds as text. Does no DNS lookups. */
public final class Addresses {
  private static final int ADDRESS_CHARS = 64;

  private Addresses() {}

  public static boolean isAddress(String text) {
    return parse(text) != null;
  }

  public static boolean isV4(String text) {
    InetAddress address = parse(text);
    return address != null && address.getAddress().length == 4;
  }

  /**
   * True for a loopback address, the unspecified address ({@code 0.0.0.0}, {@code ::}) and {@code
   * localhost}.
   */
  public static boolean isLoopback(String text) {
    InetAddress address = parse(text);
    return address == null
        ? text.equals("localhost")
        : address.isLoopbackAddress() || address.isAnyLocalAddress();
  }

  /**
   * True for private, link-local, unique local (RFC 4193) and carrier-grade NAT (RFC 6598)
   * addresses.
   */
  public static boolean isPrivate(String text) {
    InetAddress address = parse(text);
    if (address == null) {
      return false;
    }
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
    boolean carrier = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    return address.isSiteLocalAddress() || address.isLinkLocalAddress() || uniqueLocal || carrier;
  }

  /** Returns the canonical form, or null if the text is not an address. */
  public static @Nullable String canonical(String text) {
    InetAddress address = parse(text);
    return address == null ? null : NetUtil.toAddressString(address);
  }

  private static @Nullable InetAddress parse(String text) {
    return text.length() > ADDRESS_CHARS
        ? null
        : NetUtil.createInetAddressFromIpAddressString(text);
  }
}
