package whorl.collector.cli.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;

/**
 * An HTTP client for one collector: sends requests with the token, limits the size and the stall
 * time of responses, and turns every failure into an error with URL and remedy. It does not follow
 * redirects, because the token is only for this collector.
 */
final class Transport {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int PROBLEM_MAX_BYTES = 64 << 10;

  /** The collector reads all of a large bag before it answers. */
  private static final Duration UPLOAD_ANSWER = Duration.ofMinutes(30);

  private final HttpClient client;
  private final URI url;
  private final @Nullable String token;
  private final Duration stall;

  /**
   * @param url scheme, host and port
   * @param tls trust and client certificate; null for the platform's defaults
   * @param stall after this time without a byte the transfer is given up
   */
  Transport(URI url, @Nullable String token, @Nullable SSLContext tls, Duration stall) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.client = builder.build();
    this.url = url;
    this.token = token;
    this.stall = stall;
  }

  URI url() {
    return url;
  }

  /** Makes a request for an encoded path and query. */
  HttpRequest.Builder request(String pathAndQuery) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + pathAndQuery)).header("User-Agent", "whorl-cli");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  /** The whole body of a success, at most {@code maxBytes}. */
  byte[] fetch(HttpRequest request, int maxBytes) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HttpResponse<?> response = stream(request, ignored -> bounded(body, maxBytes));
    if (response.statusCode() / 100 != 2) {
      throw Problems.of(url, response, body.toByteArray());
    }
    return body.toByteArray();
  }

  /**
   * Sends a file as the body; the whole body of a success, at most {@code maxBytes}.
   *
   * @param progress receives the number of bytes so far
   */
  byte[] upload(
      String pathAndQuery, String mediaType, Path file, LongConsumer progress, int maxBytes)
      throws IOException {
    AtomicLong moved = new AtomicLong();
    HttpRequest request =
        request(pathAndQuery)
            .header("Content-Type", mediaType)
            .POST(
                HttpRequest.BodyPublishers.fromPublisher(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new UploadStream(file, moved, progress)),
                    Files.size(file)))
            .build();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HttpResponse<?> response =
        stream(request, ignored -> bounded(body, maxBytes), moved, UPLOAD_ANSWER);
    if (response.statusCode() / 100 != 2) {
      throw Problems.of(url, response, body.toByteArray());
    }
    return body.toByteArray();
  }

  /** The status, headers and body of any response, at most {@code maxBytes}. */
  Answer answer(HttpRequest request, int maxBytes) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HttpResponse<?> response = stream(request, ignored -> bounded(body, maxBytes));
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("Date").orElse(null),
        body.toString(StandardCharsets.UTF_8));
  }

  /** Chooses the sink for a response's body, once its status and headers are known. */
  @FunctionalInterface
  interface Receiver {
    SinkBody.Sink begin(HttpResponse.ResponseInfo info) throws IOException;
  }

  /**
   * Passes a body of status 200 or 206 to the receiver.
   *
   * @throws CliException for every other status but 416
   * @throws UnreachableException if the connection breaks or stalls
   */
  HttpResponse<?> download(HttpRequest request, Receiver receiver) {
    ByteArrayOutputStream problem = new ByteArrayOutputStream();
    HttpResponse<?> response =
        stream(
            request,
            info ->
                info.statusCode() == 200 || info.statusCode() == 206
                    ? receiver.begin(info)
                    : bounded(problem, PROBLEM_MAX_BYTES));
    return switch (response.statusCode()) {
      case 200, 206, 416 -> response;
      default -> throw Problems.of(url, response, problem.toByteArray());
    };
  }

  private HttpResponse<?> stream(HttpRequest request, Receiver receiver) {
    return stream(request, receiver, new AtomicLong(), stall);
  }

  /**
   * @param received counts the bytes of the answer, and may count those of the request
   * @param patience after this time without a byte the transfer is given up
   */
  private HttpResponse<?> stream(
      HttpRequest request, Receiver receiver, AtomicLong received, Duration patience) {
    AtomicReference<@Nullable SinkBody> body = new AtomicReference<>();
    CompletableFuture<? extends HttpResponse<?>> exchange =
        client.sendAsync(
            request,
            info -> {
              SinkBody sink = new SinkBody(sink(receiver, info), received);
              body.set(sink);
              return sink;
            });
    long before = -1;
    while (true) {
      try {
        return exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = received.get();
        if (now == before || now == 0) {
          cancel(exchange, body.get());
          throw new UnreachableException(
              "the collector at " + url + " has sent nothing for " + patience.toSeconds() + " s",
              "check whether it is busy (its /metrics) or another program listens there");
        }
        before = now;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        cancel(exchange, body.get());
        throw CliException.failed("interrupted", null);
      } catch (ExecutionException e) {
        throw Problems.of(url, e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private static void cancel(CompletableFuture<?> exchange, @Nullable SinkBody body) {
    exchange.cancel(true);
    if (body != null) {
      body.abandon();
    }
  }

  /** An exception of the receiver is thrown at the first byte, where the body can carry it. */
  private static SinkBody.Sink sink(Receiver receiver, HttpResponse.ResponseInfo info) {
    try {
      return receiver.begin(info);
    } catch (IOException e) {
      return bytes -> {
        throw e;
      };
    }
  }

  private static SinkBody.Sink bounded(ByteArrayOutputStream body, int maxBytes) {
    return (ByteBuffer bytes) -> {
      if (bytes.remaining() > maxBytes - body.size()) {
        throw new BodyTooLongException(maxBytes);
      }
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      body.writeBytes(copy);
    };
  }

  /** A file that counts what is read of it. An error of the disk ends the request. */
  private static final class UploadStream extends InputStream {
    private final Path file;
    private final AtomicLong moved;
    private final LongConsumer progress;
    private @Nullable InputStream in;

    UploadStream(Path file, AtomicLong moved, LongConsumer progress) {
      this.file = file;
      this.moved = moved;
      this.progress = progress;
    }

    private InputStream opened() throws IOException {
      InputStream open = in;
      if (open == null) {
        open = Files.newInputStream(file);
        in = open;
      }
      return open;
    }

    @Override
    public int read() throws IOException {
      int read = opened().read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = opened().read(bytes, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int bytes) {
      progress.accept(moved.addAndGet(bytes));
    }

    @Override
    public void close() throws IOException {
      InputStream open = in;
      if (open != null) {
        open.close();
      }
    }
  }

  /** The response is longer than any valid one of a collector. */
  static final class BodyTooLongException extends IOException {
    BodyTooLongException(int maxBytes) {
      super("the answer is longer than " + maxBytes + " bytes");
    }
  }
}
