package whorl.agent.hook.system;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as text, never asking a name service. {@code InetAddress} has no subclasses but the
 * JDK's, and what is called of {@code InetSocketAddress} is final; of any other class only the name
 * is told, since its methods are the application's.
 */
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

  /** Of a socket's address, of whatever class. */
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

  /** The path of a Unix-domain socket, which need not be of the JDK's own class. */
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
