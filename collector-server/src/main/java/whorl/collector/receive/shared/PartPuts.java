package whorl.collector.receive.shared;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.thread.DaemonThreads;

/**
 * The parts of one chunk on their way to the object store: up to {@value #AT_ONCE} at the same time
 * while the next one arrives. When it is closed, none is under way any more. For one thread.
 */
final class PartPuts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartPuts.class);
  private static final int AT_ONCE = 3;
  private static final int THREADS = 16;

  private final ObjectStore store;
  private final Executor threads;
  private final Deque<CompletableFuture<String>> underWay = new ArrayDeque<>();
  private final List<String> tags = new ArrayList<>();

  PartPuts(ObjectStore store, Executor threads) {
    this.store = store;
    this.threads = threads;
  }

  /**
   * The threads of one collector. While all of them are at work, a request puts its parts itself.
   */
  static Executor threads() {
    return new ThreadPoolExecutor(
        0,
        THREADS,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        new DaemonThreads("whorl-upload-parts"),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  /** Adds a part that was put otherwise. */
  void add(String tag) throws IOException {
    while (!underWay.isEmpty()) {
      awaitOldest();
    }
    tags.add(tag);
  }

  /**
   * Puts a part. Waits while others are under way.
   *
   * @param closes true to close the part then
   * @throws IOException also for a part before
   */
  void put(String key, String upload, int number, Spill part, boolean closes) throws IOException {
    try {
      while (underWay.size() >= AT_ONCE) {
        awaitOldest();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (closes) {
        part.close();
      }
      throw e;
    }
    underWay.add(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return putNow(key, upload, number, part, closes);
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            threads));
  }

  private String putNow(String key, String upload, int number, Spill part, boolean closes)
      throws IOException {
    if (!closes) {
      return part.putPart(store, key, upload, number);
    }
    try (part) {
      return part.putPart(store, key, upload, number);
    }
  }

  private void awaitOldest() throws IOException {
    try {
      tags.add(underWay.remove().join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw e;
    }
  }

  /** Waits for all parts; their tags in the order in which they were put. */
  List<String> await() throws IOException {
    while (!underWay.isEmpty()) {
      awaitOldest();
    }
    return List.copyOf(tags);
  }

  @Override
  public void close() {
    while (!underWay.isEmpty()) {
      try {
        underWay.remove().join();
      } catch (CompletionException | CancellationException e) {
        LOG.debug("a part that does not count any more failed", e);
      }
    }
  }
}
