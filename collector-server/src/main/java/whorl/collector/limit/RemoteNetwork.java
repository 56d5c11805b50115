package whorl.collector.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** Who is behind a remote address, as far as limits are concerned. */
public final class RemoteNetwork {
  private static final int IPV6_NETWORK_BYTES = 8;

  private RemoteNetwork() {}

  /** Of IPv6, its network of 64 bits: who has one address has all of those. */
  public static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      // an address is looked up nowhere
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return HexFormat.of().formatHex(bytes, 0, Math.min(IPV6_NETWORK_BYTES, bytes.length));
    } catch (UnknownHostException noAddress) {
      return address;
    }
  }
}
