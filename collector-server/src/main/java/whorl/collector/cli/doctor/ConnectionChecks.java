package whorl.collector.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import whorl.collector.cli.client.Problems;
import whorl.collector.maintenance.Check;

/** Whether an address resolves and connects, before anything is asked there. */
final class ConnectionChecks {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int SHOWN = 4;

  private ConnectionChecks() {}

  static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? 443 : 80;
  }

  /** Without the brackets of an IPv6 address. */
  static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Adds the checks; true if there is a connection. */
  static boolean run(URI url, String prefix, List<Check> checks) {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(host(url));
    } catch (UnknownHostException e) {
      checks.add(
          Check.fail(
              prefix + "address",
              host(url) + " does not resolve",
              "check the name; in a cluster it is SERVICE.NAMESPACE.svc, and egress to DNS (port 53)"
                  + " must be permitted"));
      return false;
    }
    checks.add(
        Check.ok(
            prefix + "address",
            host(url)
                + " is "
                + Arrays.stream(addresses)
                    .limit(SHOWN)
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", "))));
    String problem = "";
    for (InetAddress address :
        Arrays.asList(addresses).subList(0, Math.min(SHOWN, addresses.length))) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port(url)), CONNECT_MILLIS);
        checks.add(
            Check.ok(
                prefix + "connection",
                address.getHostAddress() + " accepts connections on port " + port(url)));
        return true;
      } catch (IOException e) {
        problem = address.getHostAddress() + ", port " + port(url) + ": " + Problems.text(e);
      }
    }
    checks.add(
        Check.fail(
            prefix + "connection",
            problem,
            "refused: nothing listens there, see the collector's log and the Service's endpoints;"
                + " no answer: a NetworkPolicy or firewall is between"));
    return false;
  }
}
