package whorl.collector.export.formats;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/** Recognizes IP addresses without DNS queries. */
final class IpAddresses {
  private IpAddresses() {}

  /** The address without brackets, slash and zone; null if the text is not an address. */
  static @Nullable String literal(String text) {
    String bare = text.startsWith("/") ? text.substring(1) : text;
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    int zone = bare.indexOf('%');
    if (zone >= 0) {
      bare = bare.substring(0, zone);
    }
    return NetUtil.isValidIpV4Address(bare) || NetUtil.isValidIpV6Address(bare) ? bare : null;
  }
}
