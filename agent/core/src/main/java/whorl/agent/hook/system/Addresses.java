package whorl.agent.hook.system;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses as text, never asking a name service. */
final class Addresses {
  private Addresses() {}

  /** The host name if the address was made with one, else null. */
  static @Nullable String host(@Nullable InetAddress address) {
    if (address == null) {
      return null;
    }
    // "name/1.2.3.4", or "/1.2.3.4": the only way to the name that does not look it up.
    String text = address.toString();
    int slash = text.lastIndexOf('/');
    return slash <= 0 ? null : text.substring(0, slash);
  }

  static @Nullable String address(@Nullable InetAddress address) {
    return address == null ? null : address.getHostAddress();
  }

  static @Nullable String address(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      InetAddress resolved = inet.getAddress();
      return resolved == null ? inet.getHostString() : resolved.getHostAddress();
    }
    return address == null ? null : address.toString();
  }

  static int port(@Nullable Object address) {
    return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }
}
