package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.thread.DaemonThreads;

/**
 * Deletes objects that no upload needs any more, beside the requests: no agent waits for it. What
 * is not deleted, because the store is away, the collector ends or too much waits, is found by the
 * next cleaning ({@link SharedUploads#clean}). Thread-safe.
 */
final class Deletions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);
  private static final int THREADS = 4;
  private static final int WAITING_MAX = 10_000;
  private static final long CLOSE_SECONDS = 5;

  private final ObjectStore objects;
  private final ThreadPoolExecutor threads;

  Deletions(ObjectStore objects) {
    this.objects = objects;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            new DaemonThreads("whorl-upload-deletions"));
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Deletes these objects soon.
   *
   * @param upload for messages
   */
  void delete(String upload, List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    try {
      threads.execute(() -> deleteNow(upload, keys));
    } catch (RejectedExecutionException full) {
      LOG.info("{} objects of upload {} are deleted later: too many wait", keys.size(), upload);
    }
  }

  private void deleteNow(String upload, List<String> keys) {
    try {
      for (String each : keys) {
        objects.delete(each);
      }
    } catch (IOException | RuntimeException e) {
      LOG.info("objects of upload {} are deleted later", upload, e);
    }
  }

  /** Ends after what waits was deleted, or after some seconds. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
