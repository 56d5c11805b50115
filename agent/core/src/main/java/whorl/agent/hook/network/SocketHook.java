package whorl.agent.hook.network;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.NetworkReports;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;
import whorl.event.RequestContext;

/**
 * Connections attempted and accepted, sockets bound: java.net and java.nio.channels through {@code
 * sun.nio.ch.Net}, Unix-domain sockets, datagrams, and Netty's native transports, which bypass the
 * JDK. Java 17 still has the former sockets of java.net, which system properties bring back.
 */
public final class SocketHook implements Hook {
  private static final String NET = "sun/nio/ch/Net";
  private static final String FD = "Ljava/io/FileDescriptor;";
  private static final String INET = "Ljava/net/InetAddress;";
  private static final String ADDRESS = "Ljava/net/SocketAddress;";
  private static final String FAMILY = "Ljava/net/ProtocolFamily;";
  private static final String DATAGRAM = "sun/nio/ch/DatagramChannelImpl";
  private static final String SOCKET_IMPL = "sun/nio/ch/NioSocketImpl";
  private static final String SERVER_CHANNEL = "sun/nio/ch/ServerSocketChannelImpl";
  private static final String UNIX_DOMAIN = "sun/nio/ch/UnixDomainSockets";
  private static final String ASYNC_SERVER = "sun/nio/ch/UnixAsynchronousServerSocketChannelImpl";
  private static final String SCTP = "sun/nio/ch/sctp/";
  private static final String SOCKET = "java/net/SocketImpl";
  private static final String FORMER = "java/net/AbstractPlainSocketImpl";
  private static final String FORMER_DATAGRAM = "java/net/AbstractPlainDatagramSocketImpl";
  private static final String PACKET = "java/net/DatagramPacket";
  private static final PrivateField LOCAL_ADDRESS =
      new PrivateField(
          "sun.nio.ch.AsynchronousServerSocketChannelImpl",
          "localAddress",
          InetSocketAddress.class);
  private static final String NETTY = "io/netty/channel/unix/Socket";

  // Join points. CONNECTS is before the call, CONNECTED after it.
  private static final int DATAGRAM_CONNECTS = 0;
  private static final int DATAGRAM_CONNECTED = 1;
  private static final int CONNECTED = 2;
  private static final int BOUND = 3;
  private static final int CHANNEL_ACCEPTED = 4;
  private static final int SOCKET_ACCEPTED = 5;
  private static final int DATAGRAM_SENT = 6;
  private static final int UNIX_CONNECTED = 7;
  private static final int UNIX_BOUND = 8;
  private static final int NETTY_CONNECTED = 9;
  private static final int NETTY_BOUND = 10;
  private static final int NETTY_ACCEPTED = 11;
  private static final int ADDRESS_SENT = 12;
  private static final int ASYNC_ACCEPTED = 13;
  private static final int REACHABILITY_TESTED = 14;
  private static final int SCTP_CONNECTED = 15;
  private static final int SCTP_SENT = 16;
  private static final int FORMER_DATAGRAM_CONNECTED = 17;

  private final EventSink sink;
  private final RecentDestinations recent = new RecentDestinations();
  private final NettyPaths nettyPaths = new NettyPaths();

  public SocketHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "socket";
  }

  @Override
  public Map<String, List<String>> packagesOpened() {
    return Map.of("java.base", List.of("sun.nio.ch"));
  }

  @Override
  public void prepare() {
    LOCAL_ADDRESS.prepare();
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(DATAGRAM_CONNECTS, entry(DATAGRAM, "connect", "(" + ADDRESS + "Z)")),
        point(DATAGRAM_CONNECTED, always(DATAGRAM, "connect", "(" + ADDRESS + "Z)")),
        point(
            CONNECTED,
            always(NET, "connect", "(" + FAMILY + FD + INET + "I)", argument(2), argument(3))),
        point(
            BOUND,
            onReturn(NET, "bind", "(" + FAMILY + FD + INET + "I)", argument(2), argument(3))),
        point(
            CHANNEL_ACCEPTED,
            onReturn(
                SERVER_CHANNEL,
                "finishAccept",
                "(" + FD + ADDRESS + ")",
                argument(1),
                new Operand.SelfField("localAddress", ADDRESS))),
        point(
            SOCKET_ACCEPTED,
            onReturn(
                SOCKET_IMPL,
                "accept",
                "(Ljava/net/SocketImpl;)",
                new Operand.ArgumentField(0, SOCKET_IMPL, "address", INET),
                new Operand.ArgumentField(0, SOCKET_IMPL, "port", "I"),
                new Operand.InheritedField(SOCKET, "localport", "I"))),
        point(CONNECTED, always(FORMER, "doConnect", "(" + INET + "II)", argument(0), argument(1))),
        point(BOUND, onReturn(FORMER, "bind", "(" + INET + "I)", argument(0), argument(1))),
        point(
            SOCKET_ACCEPTED,
            onReturn(
                FORMER,
                "accept",
                "(L" + SOCKET + ";)",
                new Operand.ArgumentField(0, SOCKET, "address", INET),
                new Operand.ArgumentField(0, SOCKET, "port", "I"),
                new Operand.InheritedField(SOCKET, "localport", "I"))),
        point(
            FORMER_DATAGRAM_CONNECTED,
            always(FORMER_DATAGRAM, "connect", "(" + INET + "I)", argument(0), argument(1))),
        point(
            BOUND, onReturn(FORMER_DATAGRAM, "bind", "(I" + INET + ")", argument(1), argument(0))),
        point(
            ADDRESS_SENT,
            always(
                "java/net/NetMulticastSocket",
                "send",
                "(L" + PACKET + ";)",
                SELF,
                new Operand.ArgumentField(0, PACKET, "address", INET),
                new Operand.ArgumentField(0, PACKET, "port", "I"))),
        point(
            DATAGRAM_SENT,
            always(DATAGRAM, "send", "(Ljava/nio/ByteBuffer;" + ADDRESS + ")", SELF, argument(1))),
        point(
            UNIX_CONNECTED,
            always(UNIX_DOMAIN, "connect", "(" + FD + "Ljava/nio/file/Path;)", argument(1))),
        point(
            UNIX_BOUND,
            onReturn(UNIX_DOMAIN, "bind", "(" + FD + "Ljava/nio/file/Path;)", argument(1))),
        point(NETTY_CONNECTED, always(NETTY, "connect", "(" + ADDRESS + ")", SELF, argument(0))),
        point(NETTY_BOUND, onReturn(NETTY, "bind", "(" + ADDRESS + ")", SELF, argument(0))),
        point(NETTY_ACCEPTED, onReturn(NETTY, "accept", "([B)", argument(0), RESULT)),
        point(
            ADDRESS_SENT,
            always(
                NETTY,
                "sendTo",
                "(Ljava/nio/ByteBuffer;II" + INET + "I",
                SELF,
                argument(3),
                argument(4))),
        point(
            ASYNC_ACCEPTED,
            onReturn(
                ASYNC_SERVER,
                "finishAccept",
                "(" + FD + "Ljava/net/InetSocketAddress;",
                SELF,
                argument(1))),
        point(
            REACHABILITY_TESTED,
            always("java/net/InetAddress", "isReachable", "(Ljava/net/NetworkInterface;II)", SELF)),
        point(
            SCTP_CONNECTED,
            always(SCTP + "SctpNet", "connect", "(I" + INET + "I)", argument(1), argument(2))),
        point(
            SCTP_SENT,
            always(
                SCTP + "SctpMultiChannelImpl",
                "send",
                "(ILjava/nio/ByteBuffer;I" + ADDRESS,
                SELF,
                argument(3))));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case DATAGRAM_CONNECTS -> thread.datagram(true);
      case DATAGRAM_CONNECTED -> thread.datagram(false);
      case CONNECTED -> connected(values[0], number(values[1]), thread.datagram() ? "udp" : "tcp");
      case BOUND -> bound(values[0], number(values[1]));
      case CHANNEL_ACCEPTED -> accepted(values[0], values[1]);
      case SOCKET_ACCEPTED ->
          NetworkReports.accepted(
              sink,
              values[0] instanceof InetAddress inet ? Addresses.address(inet) : null,
              number(values[1]),
              number(values[2]));
      case DATAGRAM_SENT -> sent(values[0], values[1], "udp");
      case UNIX_CONNECTED -> connectedToPath(Addresses.path(values[0]));
      case UNIX_BOUND -> NetworkReports.bound(sink, Addresses.path(values[0]), 0);
      case NETTY_CONNECTED -> nettyConnected(values[0], values[1]);
      case NETTY_BOUND -> nettyBound(values[0], values[1]);
      case NETTY_ACCEPTED -> nettyAccepted(values[0], number(values[1]));
      case ADDRESS_SENT -> sent(values[0], values[1], number(values[2]), "udp");
      case ASYNC_ACCEPTED -> accepted(values[1], LOCAL_ADDRESS.of(values[0]));
      case REACHABILITY_TESTED -> connected(values[0], 0, "echo");
      case FORMER_DATAGRAM_CONNECTED -> connected(values[0], number(values[1]), "udp");
      case SCTP_CONNECTED -> connected(values[0], number(values[1]), "sctp");
      case SCTP_SENT -> sent(values[0], values[1], "sctp");
      default -> throw HookPoint.unknown(at);
    }
  }

  private void connected(@Nullable Object address, int port, String transport) {
    if (address instanceof InetAddress inet) {
      String host = Addresses.host(inet);
      String text = Addresses.address(inet);
      NetworkReports.connected(
          sink,
          host,
          text,
          port,
          transport,
          NamedDestination.isNamed(CurrentRequest.get(), host, text, port));
    }
  }

  private void connectedToPath(@Nullable String path) {
    NetworkReports.connected(sink, null, path, 0, "unix", null);
  }

  private void bound(@Nullable Object address, int port) {
    if (address instanceof InetAddress inet) {
      NetworkReports.bound(sink, Addresses.address(inet), port);
    }
  }

  private void accepted(@Nullable Object remote, @Nullable Object local) {
    NetworkReports.accepted(
        sink, Addresses.ofSocket(remote), Addresses.port(remote), Addresses.port(local));
  }

  private void sent(@Nullable Object socket, @Nullable Object target, String transport) {
    if (target instanceof InetSocketAddress inet) {
      sent(socket, inet.getAddress(), inet.getPort(), transport);
    }
  }

  /** Reports a datagram as a connection if its socket did not recently send to that target. */
  private void sent(@Nullable Object socket, @Nullable Object address, int port, String transport) {
    RequestContext request = CurrentRequest.get();
    String id = request == null ? null : request.id();
    if (socket != null
        && address instanceof InetAddress inet
        && recent.isNew(socket, inet, port, id)) {
      connected(inet, port, transport);
    }
  }

  private void nettyConnected(@Nullable Object socket, @Nullable Object target) {
    if (target instanceof InetSocketAddress inet) {
      connected(inet.getAddress(), inet.getPort(), "tcp");
    } else if (target != null) {
      connectedToPath(nettyPaths.of(socket, target));
    }
  }

  private void nettyBound(@Nullable Object socket, @Nullable Object address) {
    if (address instanceof InetSocketAddress inet) {
      bound(inet.getAddress(), inet.getPort());
    } else if (address != null) {
      NetworkReports.bound(sink, nettyPaths.of(socket, address), 0);
    }
  }

  /** Netty's own layout: one byte of length, the address, four bytes of port. */
  private void nettyAccepted(@Nullable Object encoded, int descriptor) {
    if (descriptor < 0 || !(encoded instanceof byte[] bytes) || bytes.length == 0) {
      return;
    }
    int length = bytes[0];
    int addressBytes = length - Integer.BYTES;
    if ((addressBytes != 4 && addressBytes != 16 && addressBytes != 20) || length >= bytes.length) {
      return;
    }
    int port = 0;
    for (int i = 1 + addressBytes; i <= length; i++) {
      port = port << 8 | (bytes[i] & 0xff);
    }
    byte[] raw = Arrays.copyOfRange(bytes, 1, 1 + (addressBytes == 4 ? 4 : 16));
    try {
      String address = InetAddress.getByAddress(raw).getHostAddress();
      NetworkReports.accepted(sink, address, port, 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }
}
