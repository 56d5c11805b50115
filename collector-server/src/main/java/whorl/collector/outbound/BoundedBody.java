package whorl.collector.outbound;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes an answer's body up to a length; of a longer one it takes the beginning, or nothing. */
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  private final int maxBytes;
  private final boolean refusesLonger;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  /**
   * @param refusesLonger true if a longer answer is a failure
   */
  BoundedBody(int maxBytes, boolean refusesLonger) {
    this.maxBytes = maxBytes;
    this.refusesLonger = refusesLonger;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    begun.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      int room = maxBytes - body.size();
      if (refusesLonger && buffer.remaining() > room) {
        leave();
        result.completeExceptionally(
            new IOException("the answer has more than " + maxBytes + " bytes"));
        return;
      }
      byte[] bytes = new byte[Math.min(buffer.remaining(), room)];
      buffer.get(bytes);
      body.writeBytes(bytes);
    }
    if (!refusesLonger && body.size() == maxBytes) {
      leave();
      result.complete(body.toByteArray());
    }
  }

  private void leave() {
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    result.complete(body.toByteArray());
  }
}
