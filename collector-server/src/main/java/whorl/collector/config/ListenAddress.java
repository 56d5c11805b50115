package whorl.collector.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses the value of {@code --listen}: a host and a port. */
public final class ListenAddress {
  private static final int MAX_PORT = 65_535;

  private ListenAddress() {}

  /**
   * @param text such as {@code 127.0.0.1:7117} or {@code [::1]:7117}
   * @param problems receives what is wrong
   * @return null if something is wrong
   */
  public static @Nullable InetSocketAddress parse(String text, List<String> problems) {
    int colon = text.lastIndexOf(':');
    String host = colon < 1 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = colon < 1 ? -1 : port(text.substring(colon + 1));
    if (host.isEmpty() || port < 0) {
      problems.add("--listen " + text + ": an address and a port, such as 127.0.0.1:7117");
      return null;
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      problems.add("--listen " + text + ": no address of this name");
      return null;
    }
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}")) {
      return -1;
    }
    int port = Integer.parseInt(text);
    return port > MAX_PORT ? -1 : port;
  }
}
