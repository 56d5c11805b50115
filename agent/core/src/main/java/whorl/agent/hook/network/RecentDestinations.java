package whorl.agent.hook.network;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers recent targets of datagrams, so that a stream of them is one event. Two are the same
 * only if socket, address, port and request are; a collision in the table only causes an extra
 * event. It keeps no sockets alive.
 */
final class RecentDestinations {
  private static final int PLACES = 256;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final AtomicReferenceArray<@Nullable Destination> places =
      new AtomicReferenceArray<>(PLACES);

  boolean isNew(Object socket, InetAddress address, int port, @Nullable String request) {
    return isNew(socket, address, port, request, System.nanoTime());
  }

  boolean isNew(
      Object socket, InetAddress address, int port, @Nullable String request, long nanos) {
    Destination now =
        Destination.of(socket, address, port, request, Math.floorDiv(nanos, WINDOW_NANOS));
    int place = now.place(PLACES);
    if (now.isSame(places.get(place), socket)) {
      return false;
    }
    places.set(place, now);
    return true;
  }
}
