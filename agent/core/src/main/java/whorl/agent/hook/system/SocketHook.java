package whorl.agent.hook.system;

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
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Connections attempted and accepted, sockets bound: java.net and java.nio.channels through {@code
 * sun.nio.ch.Net}, Unix-domain sockets, datagrams, and Netty's native transports, which bypass the
 * JDK.
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
  private static final PrivateField LOCAL_ADDRESS =
      new PrivateField(
          "sun.nio.ch.AsynchronousServerSocketChannelImpl",
          "localAddress",
          InetSocketAddress.class);
  private static final String NETTY = "io/netty/channel/unix/Socket";

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
  public List<JoinPoint> joinPoints() {
    return List.of(
        entry(DATAGRAM, "connect", "(" + ADDRESS + "Z)"),
        always(DATAGRAM, "connect", "(" + ADDRESS + "Z)"),
        always(NET, "connect", "(" + FAMILY + FD + INET + "I)", argument(2), argument(3)),
        onReturn(NET, "bind", "(" + FAMILY + FD + INET + "I)", argument(2), argument(3)),
        onReturn(
            SERVER_CHANNEL,
            "finishAccept",
            "(" + FD + ADDRESS + ")",
            argument(1),
            new Operand.SelfField("localAddress", ADDRESS)),
        onReturn(
            SOCKET_IMPL,
            "accept",
            "(Ljava/net/SocketImpl;)",
            new Operand.ArgumentField(0, SOCKET_IMPL, "address", INET),
            new Operand.ArgumentField(0, SOCKET_IMPL, "port", "I"),
            new Operand.InheritedField("java/net/SocketImpl", "localport", "I")),
        always(DATAGRAM, "send", "(Ljava/nio/ByteBuffer;" + ADDRESS + ")", SELF, argument(1)),
        always(UNIX_DOMAIN, "connect", "(" + FD + "Ljava/nio/file/Path;)", argument(1)),
        onReturn(UNIX_DOMAIN, "bind", "(" + FD + "Ljava/nio/file/Path;)", argument(1)),
        always(NETTY, "connect", "(" + ADDRESS + ")", SELF, argument(0)),
        onReturn(NETTY, "bind", "(" + ADDRESS + ")", SELF, argument(0)),
        onReturn(NETTY, "accept", "([B)", argument(0), RESULT),
        always(
            NETTY,
            "sendTo",
            "(Ljava/nio/ByteBuffer;II" + INET + "I",
            SELF,
            argument(3),
            argument(4)),
        onReturn(
            ASYNC_SERVER,
            "finishAccept",
            "(" + FD + "Ljava/net/InetSocketAddress;",
            SELF,
            argument(1)),
        always("java/net/InetAddress", "isReachable", "(Ljava/net/NetworkInterface;II)", SELF),
        always(SCTP + "SctpNet", "connect", "(I" + INET + "I)", argument(1), argument(2)),
        always(
            SCTP + "SctpMultiChannelImpl",
            "send",
            "(ILjava/nio/ByteBuffer;I" + ADDRESS,
            SELF,
            argument(3)));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case 0 -> thread.datagram(true);
      case 1 -> thread.datagram(false);
      case 2 -> connected(values[0], number(values[1]), thread.datagram() ? "udp" : "tcp");
      case 3 -> bound(values[0], number(values[1]));
      case 4 -> accepted(values[0], values[1]);
      case 5 ->
          sink.emit(
              EventType.SOCKET_ACCEPT,
              values[0] instanceof InetAddress inet ? Addresses.address(inet) : null,
              number(values[1]),
              number(values[2]));
      case 6 -> sent(values[0], values[1], "udp");
      case 7 -> sink.emit(EventType.SOCKET_CONNECT, null, Addresses.path(values[0]), 0, "unix");
      case 8 -> sink.emit(EventType.SOCKET_BIND, Addresses.path(values[0]), 0);
      case 9 -> nettyConnected(values[0], values[1]);
      case 10 -> nettyBound(values[0], values[1]);
      case 11 -> nettyAccepted(values[0], number(values[1]));
      case 12 -> sent(values[0], values[1], number(values[2]), "udp");
      case 13 -> accepted(values[1], LOCAL_ADDRESS.of(values[0]));
      case 14 -> connected(values[0], 0, "echo");
      case 15 -> connected(values[0], number(values[1]), "sctp");
      case 16 -> sent(values[0], values[1], "sctp");
      default -> throw new IllegalArgumentException("no such join point: " + at);
    }
  }

  private void connected(@Nullable Object address, int port, String transport) {
    if (address instanceof InetAddress inet) {
      String host = Addresses.host(inet);
      String text = Addresses.address(inet);
      sink.emit(
          EventType.SOCKET_CONNECT,
          host,
          text,
          port,
          transport,
          NamedDestination.isNamed(CurrentRequest.get(), host, text, port));
    }
  }

  private void bound(@Nullable Object address, int port) {
    if (address instanceof InetAddress inet) {
      sink.emit(EventType.SOCKET_BIND, Addresses.address(inet), port);
    }
  }

  private void accepted(@Nullable Object remote, @Nullable Object local) {
    sink.emit(
        EventType.SOCKET_ACCEPT,
        Addresses.ofSocket(remote),
        Addresses.port(remote),
        Addresses.port(local));
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
      sink.emit(EventType.SOCKET_CONNECT, null, nettyPaths.of(socket, target), 0, "unix");
    }
  }

  private void nettyBound(@Nullable Object socket, @Nullable Object address) {
    if (address instanceof InetSocketAddress inet) {
      bound(inet.getAddress(), inet.getPort());
    } else if (address != null) {
      sink.emit(EventType.SOCKET_BIND, nettyPaths.of(socket, address), 0);
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
      sink.emit(EventType.SOCKET_ACCEPT, address, port, 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }
}
