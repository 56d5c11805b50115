package whorl.collector.wiring.base;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.disk.DiskFullException;

/** Answers with 507 if the disk is full, and keeps the last space free of outside alerts. */
public final class FullDisk {
  /** Uploads stop long before; holds and purges need a little space to the end. */
  public static final long FOR_ALERTS_BYTES = 64 << 20;

  private final LongSupplier freeBytes;

  public FullDisk(LongSupplier freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** True if outside alerts and journals may still be stored. */
  public boolean hasRoom() {
    return freeBytes.getAsLong() >= FOR_ALERTS_BYTES;
  }

  public List<Route> guard(List<Route> routes) {
    return routes.stream().map(this::guard).toList();
  }

  private Route guard(Route route) {
    boolean isOutsideAlert = route.needs() == Role.ALERT;
    Handler handler = route.handler();
    return route.with(
        request -> {
          if (isOutsideAlert && !hasRoom()) {
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
