package whorl.collector.cli.client;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Passes on a response's body one batch at a time, so that nothing accumulates in memory. The sink
 * is called by one thread at a time and can stop the transfer with an exception.
 */
public final class SinkBody implements HttpResponse.BodySubscriber<@Nullable Void> {
  /** The destination of the bytes. */
  @FunctionalInterface
  public interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  private final Sink sink;
  private final AtomicLong received;
  private final CompletableFuture<@Nullable Void> body = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  /**
   * @param received counts the bytes, so that a waiting thread can detect a stall
   */
  SinkBody(Sink sink, AtomicLong received) {
    this.sink = sink;
    this.received = received;
  }

  @Override
  public CompletionStage<@Nullable Void> getBody() {
    return body;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  /** Stops the transfer; after this returns, the sink is no longer used. */
  synchronized void abandon() {
    body.cancel(false);
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> batch) {
    Flow.Subscription open = subscription;
    if (open == null || body.isDone()) {
      return;
    }
    try {
      for (ByteBuffer bytes : batch) {
        int count = bytes.remaining();
        sink.write(bytes);
        received.addAndGet(count);
      }
      open.request(1);
    } catch (IOException e) {
      open.cancel();
      body.completeExceptionally(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(null);
  }
}
