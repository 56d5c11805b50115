package whorl.agent.hook.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.file.KernelPaths;

/**
 * Addresses as text, without a name service query. {@code InetAddress} has only the JDK's
 * subclasses, and the methods called here on {@code InetSocketAddress} are final. For any other
 * class only its name is returned, because its methods may be the application's.
 */
final class Addresses {
  private Addresses() {}

  /** The host name if the address was created with one, otherwise null. */
  static @Nullable String host(@Nullable InetAddress address) {
    if (address == null) {
      return null;
    }
    // "name/1.2.3.4", or "/1.2.3.4": the only access to the name without a look-up.
    String text = address.toString();
    int slash = text.lastIndexOf('/');
    return slash <= 0 ? null : text.substring(0, slash);
  }

  static @Nullable String address(@Nullable InetAddress address) {
    return address == null ? null : address.getHostAddress();
  }

  /** The text of a socket address of any class. */
  static @Nullable String ofSocket(@Nullable Object address) {
    if (address instanceof InetSocketAddress inet) {
      InetAddress resolved = inet.getAddress();
      return resolved == null ? inet.getHostString() : resolved.getHostAddress();
    }
    if (address instanceof UnixDomainSocketAddress unix) {
      return path(unix.getPath());
    }
    return address == null ? null : address.getClass().getName();
  }

  /** The path of a Unix-domain socket; the class name if it is not the JDK's own class. */
  static @Nullable String path(@Nullable Object path) {
    if (path == null) {
      return null;
    }
    return path instanceof Path && KernelPaths.isUnixPath(path)
        ? path.toString()
        : path.getClass().getName();
  }

  static int port(@Nullable Object address) {
    return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
  }
}
