package whorl.agent.capture.kernel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes lines of {@code /proc/net/tcp} and its siblings. Addresses are 32-bit words in
 * hexadecimal in the machine's byte order; ports are plain hexadecimal.
 *
 * @see <a
 *     href="https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html">proc_net_tcp</a>
 */
public final class SocketLine {
  private static final String[] TCP_STATES = {
    "?",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV"
  };
  private static final int PORT_MAX = 0xFFFF;
  private static final String[] UNIX_STATES = {
    "FREE", "UNCONNECTED", "CONNECTING", "CONNECTED", "DISCONNECTING"
  };

  /**
   * One socket, a line of {@code network.ndjson}.
   *
   * @param protocol {@code tcp, tcp6, udp, udp6, raw, raw6, unix}
   * @param uid of the owner; {@code inode} is 0 for sockets that no process holds any more
   * @param fds this process's descriptors of it; empty for other processes' sockets
   * @param path of a Unix-domain socket; an abstract one begins with {@code @}
   * @param raw the line, if it could not be decoded
   */
  public record Socket(
      String protocol,
      @Nullable String state,
      @Nullable String localAddress,
      @Nullable Integer localPort,
      @Nullable String remoteAddress,
      @Nullable Integer remotePort,
      @Nullable Long uid,
      @Nullable Long inode,
      List<Integer> fds,
      @Nullable String type,
      @Nullable String path,
      @Nullable String raw) {}

  private final ByteOrder order;

  public SocketLine(ByteOrder order) {
    this.order = order;
  }

  /** Decodes {@code sl local remote st queues tr:tm->when retrnsmt uid timeout inode …}. */
  public Socket inet(String protocol, String line, Map<Long, List<Integer>> fdsByInode) {
    String[] parts = line.strip().split("\\s+", 11);
    try {
      long inode = Long.parseLong(parts[9]);
      int state = Integer.parseInt(parts[3], 16);
      return new Socket(
          protocol,
          protocol.startsWith("tcp")
              ? name(TCP_STATES, state)
              : name(TCP_STATES, state).replace("CLOSE", "UNCONNECTED"),
          address(parts[1]),
          port(parts[1]),
          address(parts[2]),
          port(parts[2]),
          Long.parseLong(parts[7]),
          inode,
          fdsByInode.getOrDefault(inode, List.of()),
          null,
          null,
          null);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException e) {
      return undecoded(protocol, line);
    }
  }

  /** Decodes {@code Num: RefCount Protocol Flags Type St Inode [Path]}. */
  public Socket unix(String line, Map<Long, List<Integer>> fdsByInode) {
    String[] parts = line.strip().split("\\s+", 8);
    try {
      long inode = Long.parseLong(parts[6]);
      boolean listens = (Long.parseLong(parts[3], 16) & 0x10000) != 0;
      return new Socket(
          "unix",
          listens ? "LISTEN" : name(UNIX_STATES, Integer.parseInt(parts[5], 16)),
          null,
          null,
          null,
          null,
          null,
          inode,
          fdsByInode.getOrDefault(inode, List.of()),
          switch (Integer.parseInt(parts[4], 16)) {
            case 1 -> "stream";
            case 2 -> "datagram";
            case 5 -> "seqpacket";
            default -> parts[4];
          },
          parts.length == 8 ? parts[7] : null,
          null);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return undecoded("unix", line);
    }
  }

  private static Socket undecoded(String protocol, String line) {
    return new Socket(
        protocol, null, null, null, null, null, null, null, List.of(), null, null, line);
  }

  private String address(String hex) throws UnknownHostException {
    String digits = hex.substring(0, hex.indexOf(':'));
    if (digits.length() != 8 && digits.length() != 32) {
      throw new IllegalArgumentException("not an address: " + digits);
    }
    ByteBuffer bytes = ByteBuffer.allocate(digits.length() / 2).order(order);
    for (int i = 0; i < digits.length(); i += 8) {
      bytes.putInt(Integer.parseUnsignedInt(digits.substring(i, i + 8), 16));
    }
    // Built from bytes, so there is no DNS query; a v4-mapped address becomes its v4 address.
    return InetAddress.getByAddress(bytes.array()).getHostAddress();
  }

  private static int port(String hex) {
    int port = Integer.parseInt(hex.substring(hex.indexOf(':') + 1), 16);
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException("not a port: " + port);
    }
    return port;
  }

  private static String name(String[] names, int index) {
    return index >= 0 && index < names.length ? names[index] : "0x" + Integer.toHexString(index);
  }
}
