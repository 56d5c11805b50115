package whorl.collector.faults;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The heartbeats of all simulated agents. */
final class Beats implements AutoCloseable {
  private static final int THREADS = 8;

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);

  interface Beat {
    void beat() throws IOException;
  }

  /** Beats until the answer is completed, or a beat fails. */
  CompletableFuture<Void> every(int seconds, Beat beat) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Future<?> beating =
        threads.scheduleAtFixedRate(
            () -> {
              try {
                beat.beat();
              } catch (IOException closed) {
                ended.complete(null); // the reader of the channel sees it too
              }
            },
            seconds,
            seconds,
            TimeUnit.SECONDS);
    ended.thenRun(() -> beating.cancel(false));
    return ended;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
