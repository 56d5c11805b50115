package whorl.collector.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The network of a remote address, to which limits apply. */
public final class RemoteNetwork {
  private static final int IPV6_NETWORK_BYTES = 8;

  /** Anything else, such as the name of an identity, would be looked up in DNS. */
  private static final Pattern LITERAL = Pattern.compile("[0-9A-Fa-f:.]+(%.{1,64})?");

  private RemoteNetwork() {}

  /**
   * Returns the IPv4 address itself, or the /64 network of an IPv6 address, because a client
   * usually has all addresses of such a network.
   */
  public static String of(String address) {
    if (address.indexOf(':') < 0 || !LITERAL.matcher(address).matches()) {
      return address;
    }
    try {
      // a literal address causes no DNS lookup
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return HexFormat.of().formatHex(bytes, 0, Math.min(IPV6_NETWORK_BYTES, bytes.length));
    } catch (UnknownHostException notAnAddress) {
      return address;
    }
  }
}
