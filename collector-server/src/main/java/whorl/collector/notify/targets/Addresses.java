package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/**
 * Finds the addresses of a target. A name may lead anywhere, and who controls it must not reach
 * what only this machine can: loopback and link-local addresses, where clouds serve credentials,
 * are refused unless the notification says {@code allow-local: true}.
 */
final class Addresses {
  /** Credentials of clouds at addresses that are not link-local. */
  private static final Set<String> METADATA =
      Set.of(
          "100.100.100.200",
          "168.63.129.16",
          "192.0.0.192",
          "fd00:ec2:0:0:0:0:0:23",
          "fd00:ec2:0:0:0:0:0:254",
          "fd20:ce:0:0:0:0:0:254");

  private static final int V4_BYTES = 4;
  private static final int SIX_TO_FOUR_AT = 2;

  private Addresses() {}

  /**
   * Resolves a host.
   *
   * @throws IOException if it is unknown, or one of its addresses is refused
   */
  static InetAddress[] of(String host, boolean allowLocal) throws IOException {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new IOException("the host " + host + " has no address", e);
    }
    for (InetAddress address : addresses) {
      check(host, address, allowLocal);
    }
    return addresses;
  }

  private static void check(String host, InetAddress address, boolean allowLocal)
      throws IOException {
    InetAddress meant = translated(address);
    if (meant.isAnyLocalAddress() || meant.isMulticastAddress()) {
      throw new IOException(
          host + " is " + meant.getHostAddress() + ", which is no address of one host");
    }
    boolean local = meant.isLoopbackAddress() || meant.isLinkLocalAddress();
    if (!allowLocal && (local || METADATA.contains(meant.getHostAddress()))) {
      throw new IOException(
          host
              + " is "
              + meant.getHostAddress()
              + ", which only this machine can reach; set allow-local: true if that is meant");
    }
  }

  /**
   * The IPv4 address behind an address of a NAT64 (64:ff9b::/96, 64:ff9b:1::/48), of 6to4
   * (2002::/16), or one that only writes it in IPv6 (::a.b.c.d).
   */
  private static InetAddress translated(InetAddress address) throws UnknownHostException {
    if (!(address instanceof Inet6Address v6)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    boolean isNat64 =
        bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
    boolean isCompatible =
        v6.isIPv4CompatibleAddress() && !v6.isLoopbackAddress() && !v6.isAnyLocalAddress();
    if (isNat64 || isCompatible) {
      return v4(bytes, bytes.length - V4_BYTES);
    }
    return bytes[0] == 0x20 && bytes[1] == 0x02 ? v4(bytes, SIX_TO_FOUR_AT) : address;
  }

  private static InetAddress v4(byte[] bytes, int at) throws UnknownHostException {
    return Inet4Address.getByAddress(Arrays.copyOfRange(bytes, at, at + V4_BYTES));
  }
}
