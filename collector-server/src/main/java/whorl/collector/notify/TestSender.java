package whorl.collector.notify;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.ProblemException;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Target;
import whorl.collector.thread.DaemonThreads;
import whorl.evidence.Id;

/** Sends test messages while somebody waits: two at a time, each with a time limit. Thread-safe. */
final class TestSender implements AutoCloseable {
  private static final int AT_ONCE = 2;
  private static final Duration LIMIT = Duration.ofSeconds(35);

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          AT_ONCE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new DaemonThreads("whorl-notification-test"));
  private final InstantSource clock;
  private final Supplier<@Nullable URI> page;

  TestSender(InstantSource clock, Supplier<@Nullable URI> page) {
    this.clock = clock;
    this.page = page;
  }

  /**
   * The result.
   *
   * @param answer what the other side answered, or why there is no answer
   */
  record Outcome(boolean delivered, String answer, long millis) {}

  /**
   * Sends a message and waits for the answer.
   *
   * @param by who asks for it
   * @throws ProblemException 429 if others are being sent
   */
  Outcome send(Notification to, String by) throws IOException {
    long begun = System.nanoTime();
    Message message =
        new Message(
            Id.next(clock),
            to.name(),
            Notices.test(by, clock.instant()),
            1,
            clock.instant(),
            page.get());
    Future<String> answer;
    try {
      answer =
          threads.submit(
              () -> {
                try (Target target = to.target().open()) {
                  return target.deliver(List.of(message));
                }
              });
    } catch (RejectedExecutionException e) {
      throw new ProblemException(
          429,
          "too many test messages",
          AT_ONCE + " test messages are being sent; try again when they have ended",
          Map.of("Retry-After", "10"));
    }
    try {
      String text = answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return new Outcome(true, text, millisSince(begun));
    } catch (TimeoutException e) {
      return new Outcome(false, "no end within " + LIMIT.toSeconds() + " s", millisSince(begun));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause.getMessage();
      return new Outcome(
          false,
          cause instanceof IOException && why != null ? why : "a defect of Whorl: " + cause,
          millisSince(begun));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a test message was sent", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
