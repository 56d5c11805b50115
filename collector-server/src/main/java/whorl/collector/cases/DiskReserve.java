package whorl.collector.cases;

import java.io.IOException;
import java.util.function.LongSupplier;
import whorl.collector.http.request.Handler;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.disk.DiskFullException;

/**
 * Protects the disk's last free space. Uploads stop much earlier, so that users can still write.
 * The last of the space is for holds and purges: each needs a custody entry.
 */
final class DiskReserve {
  static final long RESERVE_BYTES = 16 << 20;

  private final LongSupplier freeBytes;

  DiskReserve(LongSupplier freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** Refuses requests before any change if the disk is nearly full. */
  Handler requireReserve(Handler handler) {
    return request -> {
      if (freeBytes.getAsLong() < RESERVE_BYTES) {
        throw noRoom();
      }
      return reportFullDisk(handler).handle(request);
    };
  }

  /** Reports a full disk as a problem 507 instead of a server error. */
  Handler reportFullDisk(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (IOException e) {
        if (DiskFullException.isWhy(e)) {
          throw noRoom();
        }
        throw e;
      }
    };
  }

  private static ProblemException noRoom() {
    return new ProblemException(
        507,
        "no room",
        "the collector's disk is full, and nothing was changed; make room there, or purge"
            + " evidence");
  }
}
