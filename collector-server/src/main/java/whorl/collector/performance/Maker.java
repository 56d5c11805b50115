package whorl.collector.performance;

import java.io.IOException;
import whorl.collector.store.objects.OpenContents;

/**
 * Makes one kind of result of recordings, in a confined JVM.
 *
 * @param <T> what is made, to be kept as JSON
 */
interface Maker<T> {
  /** What is made and whether it stays. */
  record Made<T>(T value, boolean keep) {}

  /** The name of the kind, in names of files and objects. */
  String kind();

  /** What was made by another version is made anew. */
  int version();

  Class<T> type();

  /** The result where there is nothing to read. */
  T without(Recordings recordings, String reason);

  /**
   * Reads the recordings.
   *
   * @param contents where the artifacts are opened; the caller closes it
   * @throws whorl.collector.http.request.ProblemException 503 if no JVM could be started
   */
  Made<T> make(Recordings recordings, OpenContents contents)
      throws IOException, InterruptedException;
}
