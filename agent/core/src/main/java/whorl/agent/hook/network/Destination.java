package whorl.agent.hook.network;

import java.lang.ref.WeakReference;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The target of one socket's datagram, its request and its time window; all fields are stored, none
 * is hashed.
 */
final class Destination extends WeakReference<Object> {
  private final long high;
  private final long low;
  private final int scope;
  private final int port;
  private final @Nullable String request;
  private final long window;

  private Destination(
      Object socket,
      long high,
      long low,
      int scope,
      int port,
      @Nullable String request,
      long window) {
    super(socket);
    this.high = high;
    this.low = low;
    this.scope = scope;
    this.port = port;
    this.request = request;
    this.window = window;
  }

  static Destination of(
      Object socket, InetAddress address, int port, @Nullable String request, long window) {
    if (address instanceof Inet4Address) {
      // Its hash code is the address.
      return new Destination(socket, 4, address.hashCode(), 0, port, request, window);
    }
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int scope = address instanceof Inet6Address six ? six.getScopeId() : 0;
    return new Destination(socket, bytes.getLong(), bytes.getLong(), scope, port, request, window);
  }

  /** The table index: the same for equal destinations, spread for different ones. */
  int place(int places) {
    long mixed = (high * 31 + low) * 0x9E3779B97F4A7C15L + port;
    return (int) ((mixed ^ mixed >>> 32) & (places - 1));
  }

  boolean isSame(@Nullable Destination other, Object socket) {
    return other != null
        && other.high == high
        && other.low == low
        && other.scope == scope
        && other.port == port
        && other.window == window
        && (request == null ? other.request == null : request.equals(other.request))
        && other.refersTo(socket);
  }
}
