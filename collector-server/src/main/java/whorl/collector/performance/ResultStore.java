package whorl.collector.performance;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/** Where results are kept. Thread-safe. */
interface ResultStore {
  /** The largest result. */
  int MAX_BYTES = 8 << 20;

  /**
   * Reads what was kept; it may be of another build.
   *
   * @param kind of result
   * @param build of the recordings and of the program that reads them
   * @return null if there is nothing
   */
  byte @Nullable [] read(Id evidence, String kind, String build) throws IOException;

  /** Keeps a result; it is durable when this returns. */
  void write(Id evidence, String kind, String build, byte[] json) throws IOException;

  /** Removes a result of evidence that was purged while it was made. */
  void remove(Id evidence, String kind, String build) throws IOException;
}
