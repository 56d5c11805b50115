import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Instant;

/** Reports when the first new file appeared in a folder. */
final class Arrivals implements AutoCloseable {
  private final WatchService watch;
  private final Thread thread;
  private volatile Instant first;

  Arrivals(Path folder) throws IOException {
    watch = folder.getFileSystem().newWatchService();
    folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
    thread = new Thread(this::await);
    thread.start();
  }

  /** Null while nothing came. */
  Instant first() {
    return first;
  }

  private void await() {
    try {
      WatchKey key = watch.take();
      first = Instant.now();
      key.cancel();
    } catch (InterruptedException | ClosedWatchServiceException over) {
      // Nothing came.
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}
