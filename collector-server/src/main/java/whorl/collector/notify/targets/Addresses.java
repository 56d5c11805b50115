package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** The beginning of ::ffff:0:0/96. */
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};

  /** Where 64:ff9b:1::/48 has its 1. */
  private static final int LOCAL_USE_AT = 5;

  /** Where the bytes of an IPv4 address are, after prefixes of 48, 56 and 64 bits. */
  private static final List<int[]> PLACES =
      List.of(new int[] {6, 7, 9, 10}, new int[] {7, 9, 10, 11}, new int[] {9, 10, 11, 12});

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

  static void check(String host, InetAddress address, boolean allowLocal) throws IOException {
    InetAddress meant = translated(address);
    if (meant.isAnyLocalAddress() || meant.isMulticastAddress()) {
      throw new IOException(
          host + " is " + meant.getHostAddress() + ", which is no address of one host");
    }
    if (allowLocal) {
      return;
    }
    List<InetAddress> readings = new ArrayList<>(List.of(meant));
    readings.addAll(otherReadings(address));
    for (InetAddress each : readings) {
      boolean local = each.isLoopbackAddress() || each.isLinkLocalAddress();
      if (local || METADATA.contains(each.getHostAddress())) {
        throw new IOException(
            host
                + " is "
                + each.getHostAddress()
                + ", which only this machine can reach; set allow-local: true if that is meant");
      }
    }
  }

  /**
   * The IPv4 address behind an address of a NAT64 (64:ff9b::/96, 64:ff9b:1::/96), of 6to4
   * (2002::/16), or one that only writes it in IPv6 (::a.b.c.d, and ::ffff:a.b.c.d, which Java
   * leaves as it is where a name server answered it).
   */
  private static InetAddress translated(InetAddress address) throws UnknownHostException {
    if (!(address instanceof Inet6Address v6)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    boolean isCompatible =
        v6.isIPv4CompatibleAddress() && !v6.isLoopbackAddress() && !v6.isAnyLocalAddress();
    if (isNat64(bytes) || isCompatible || isMapped(bytes)) {
      return v4(bytes, bytes.length - V4_BYTES);
    }
    return bytes[0] == 0x20 && bytes[1] == 0x02 ? v4(bytes, SIX_TO_FOUR_AT) : address;
  }

  private static boolean isNat64(byte[] bytes) {
    return bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
  }

  private static boolean isMapped(byte[] bytes) {
    return Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
  }

  /**
   * The IPv4 addresses that one of 64:ff9b:1::/48 may stand for: its network chooses the length of
   * the prefix (RFC 8215), and the four bytes follow it, around the ninth (RFC 6052, 2.2).
   */
  private static List<InetAddress> otherReadings(InetAddress address) throws UnknownHostException {
    byte[] bytes = address.getAddress();
    List<InetAddress> readings = new ArrayList<>();
    if (address instanceof Inet6Address && isNat64(bytes) && bytes[LOCAL_USE_AT] == 1) {
      for (int[] places : PLACES) {
        byte[] v4 = new byte[V4_BYTES];
        for (int i = 0; i < V4_BYTES; i++) {
          v4[i] = bytes[places[i]];
        }
        readings.add(InetAddress.getByAddress(v4));
      }
    }
    return readings;
  }

  private static InetAddress v4(byte[] bytes, int at) throws UnknownHostException {
    return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + V4_BYTES));
  }
}
