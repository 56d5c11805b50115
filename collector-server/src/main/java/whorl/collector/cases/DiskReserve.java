package whorl.collector.cases;

import java.io.IOException;
import java.util.function.LongSupplier;
import whorl.collector.http.Handler;
import whorl.collector.http.ProblemException;
import whorl.collector.store.DiskFullException;

/**
 * What cases do when the disk is full. Uploads end long before, so that people can go on to write;
 * the last of the room is left to holds and purges, which need a line in custody each.
 */
final class DiskReserve {
  static final long LEFT_FREE_BYTES = 16 << 20;

  private final LongSupplier freeBytes;

  DiskReserve(LongSupplier freeBytes) {
    this.freeBytes = freeBytes;
  }

  /** Refused while there is little room, before anything is touched. */
  Handler needed(Handler handler) {
    return request -> {
      if (freeBytes.getAsLong() < LEFT_FREE_BYTES) {
        throw noRoom();
      }
      return mapped(handler).handle(request);
    };
  }

  /** A full disk is answered as one, not as a fault. */
  Handler mapped(Handler handler) {
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
        "the collector's disk is full, and nothing was changed; make room there, or purge evidence");
  }
}
