package whorl.collector.limit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to servers outside, with a limit of length and time for the whole answer. The time
 * limit of a request of the JDK ends with the answer's headers (JDK-8208693): a body without an end
 * would hold the caller for ever.
 */
public final class BoundedExchange {
  private BoundedExchange() {}

  /**
   * Sends a request, and reads the whole answer.
   *
   * @param maxBytes of the answer's body
   * @param whole for all of it, the connection included
   * @throws IOException if there is no answer, or it is longer or takes longer
   */
  public static HttpResponse<byte[]> send(
      HttpClient client, HttpRequest request, int maxBytes, Duration whole) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, info -> new BoundedBody(maxBytes));
    try {
      return answer.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no end of the answer within " + whole.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof IOException failure ? failure : new IOException(cause.toString(), e);
    } finally {
      answer.cancel(true);
    }
  }

  /** Takes an answer's body up to a length. */
  private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final int maxBytes;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    BoundedBody(int maxBytes) {
      this.maxBytes = maxBytes;
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
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        if (body.size() + bytes.length > maxBytes) {
          if (subscription != null) {
            subscription.cancel();
          }
          result.completeExceptionally(
              new IOException("the answer has more than " + maxBytes + " bytes"));
          return;
        }
        body.writeBytes(bytes);
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
}
