package whorl.rules.match;

import whorl.event.IpAddress;

/**
 * Passes if an address literal lies in a network such as {@code 10.0.0.0/8} or {@code fc00::/7}.
 */
public final class CidrTest implements ValueTest {
  private final byte[] network;
  private final int bits;

  /**
   * @param cidr an address, optionally a slash and the number of leading bits; all bits by default
   */
  public CidrTest(String cidr) throws RuleRefused {
    int slash = cidr.indexOf('/');
    String address = slash < 0 ? cidr : cidr.substring(0, slash);
    byte[] parsed = IpAddress.parse(address);
    boolean v6 = address.indexOf(':') >= 0;
    int length = slash < 0 ? (v6 ? 128 : 32) : bits(cidr.substring(slash + 1));
    if (parsed == null || length < 0 || length > (v6 ? 128 : 32)) {
      throw new RuleRefused("not a network such as 10.0.0.0/8: " + RuleRefused.quoted(cidr));
    }
    network = parsed;
    bits = v6 ? length : IpAddress.MAPPED_BITS + length;
  }

  private static int bits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  @Override
  public boolean test(Object value) {
    byte[] address = value instanceof String text ? IpAddress.parse(text) : null;
    if (address == null) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != network[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((address[whole] ^ network[whole]) & 0xff) >> (8 - rest) == 0;
  }

  @Override
  public long cost() {
    return 50;
  }
}
