package whorl.collector;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.collector.http.Handler;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Role;
import whorl.collector.http.Route;
import whorl.collector.store.DiskFullException;

/** A full disk is answered as one, and alerts from outside do not take the last of the room. */
final class FullDisk {
  /** Uploads end long before; holds and purges need a little in the end. */
  static final long FOR_ALERTS_BYTES = 64 << 20;

  private final LongSupplier freeBytes;

  FullDisk(LongSupplier freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** Whether alerts from outside and journals may still be kept. */
  boolean hasRoom() {
    return freeBytes.getAsLong() >= FOR_ALERTS_BYTES;
  }

  List<Route> guarded(List<Route> routes) {
    return routes.stream().map(this::guarded).toList();
  }

  private Route guarded(Route route) {
    boolean fills = route.needs() == Role.ALERT;
    Handler handler = route.handler();
    return new Route(
        route.method(),
        route.template(),
        route.needs(),
        route.tokenInQuery(),
        route.maxBodyBytes(),
        request -> {
          if (fills && !hasRoom()) {
            throw noRoom();
          }
          try {
            return handler.handle(request);
          } catch (IOException e) {
            if (DiskFullException.isWhy(e)) {
              throw noRoom();
            }
            throw e;
          }
        });
  }

  private static ProblemException noRoom() {
    return new ProblemException(
        507,
        "no room",
        "the collector's disk is full: make room there, or purge evidence; then send it again");
  }
}
