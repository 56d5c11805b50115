package whorl.collector.store.objects.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import whorl.collector.config.S3Location;
import whorl.evidence.Text;

/**
 * The client of one bucket. Waits for each answer within the limits, and makes an {@link
 * IOException} of each failure that names the place, the key and the remedy. Thread-safe.
 *
 * <p>The SDK adds checksums of its own only where a request requires one: not every store takes
 * them. Each upload has a Content-MD5 instead, which all know.
 */
final class S3Connection implements AutoCloseable {
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final Duration AWAY_LOOK = Duration.ofSeconds(1);
  private static final Duration CHECK = Duration.ofSeconds(5);
  private static final int MESSAGE_MAX_CHARS = 300;

  private final S3Location location;
  private final S3Limits limits;
  private final S3AsyncClient client;
  private final RequestCounter counter;
  private final AwsRequestOverrideConfiguration asking;

  /** Why no request is sent; null if the store answers. */
  private volatile @Nullable String away;

  private S3Connection(
      S3Location location, S3Limits limits, S3AsyncClient client, RequestCounter counter) {
    this.location = location;
    this.limits = limits;
    this.client = client;
    this.counter = counter;
    this.asking =
        AwsRequestOverrideConfiguration.builder()
            .apiCallAttemptTimeout(limits.askAttempt())
            .apiCallTimeout(limits.askCall())
            .build();
  }

  static S3Connection open(S3Location location, S3Limits limits) throws IOException {
    RequestCounter counter = new RequestCounter();
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .forcePathStyle(location.pathStyle())
            // With Netty 4.2, the SDK takes an answer "100 Continue" for the last one.
            .serviceConfiguration(s3 -> s3.expectContinueEnabled(false))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .maxConcurrency(limits.connections())
                    .connectionTimeout(limits.connect())
                    .connectionAcquisitionTimeout(limits.askCall())
                    .readTimeout(limits.moveAttempt())
                    .writeTimeout(limits.moveAttempt())
                    .tcpKeepAlive(true))
            .overrideConfiguration(
                configuration ->
                    configuration
                        .retryStrategy(RetryMode.STANDARD)
                        .apiCallAttemptTimeout(limits.moveAttempt())
                        .apiCallTimeout(limits.moveCall())
                        .addExecutionInterceptor(counter));
    if (location.endpoint() != null) {
      builder.endpointOverride(location.endpoint());
    }
    if (location.region() != null) {
      builder.region(Region.of(location.region()));
    }
    try {
      return new S3Connection(location, limits, builder.build(), counter);
    } catch (SdkException e) {
      throw new IOException(
          location.name() + ": " + shortened(e) + "; set AWS_REGION, or add ?region=… to it", e);
    }
  }

  String bucket() {
    return location.bucket();
  }

  S3Location location() {
    return location;
  }

  S3Limits limits() {
    return limits;
  }

  /** The key in the bucket. */
  String full(String key) {
    return location.prefix() + key;
  }

  /** The key of the store, from one of the bucket. */
  String relative(String fullKey) {
    return fullKey.substring(location.prefix().length());
  }

  /** The time limits of requests without content. */
  AwsRequestOverrideConfiguration asking() {
    return asking;
  }

  Map<String, Long> requests() {
    return counter.counts();
  }

  /**
   * Sends a request, and waits for its answer.
   *
   * @param action what is being done, for messages
   * @throws NoSuchFileException if the object or the upload does not exist
   * @throws S3Refusal for any other answer that is an error
   */
  <T> T send(String action, String key, Function<S3AsyncClient, CompletableFuture<T>> request)
      throws IOException {
    return await(action, key, start(request));
  }

  /** Sends a request; {@link #await} waits for its answer. */
  <T> CompletableFuture<T> start(Function<S3AsyncClient, CompletableFuture<T>> request) {
    String why = away;
    if (why != null) {
      return CompletableFuture.failedFuture(new S3Away(why, null));
    }
    try {
      return request.apply(client);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  <T> T await(String action, String key, CompletableFuture<T> answer) throws IOException {
    try {
      return answered(answer);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException(subject(action, key) + ": interrupted").initCause(e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new S3Away(subject(action, key) + ": no answer in time", e);
    } catch (ExecutionException e) {
      throw failure(action, key, e.getCause() == null ? e : e.getCause());
    }
  }

  /** Waits for an answer; no longer once the store is found to be away. */
  private <T> T answered(CompletableFuture<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    long end = System.nanoTime() + limits.moveCall().plus(SLACK).toNanos();
    while (true) {
      try {
        return answer.get(AWAY_LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (away != null || System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }

  /**
   * Asks whether the store answers at all, twice before it is taken to be away. Then no request is
   * sent, and none is waited for, until a later call gets an answer. For one thread.
   *
   * @throws IOException if it does not answer, or refuses
   */
  void check(String key) throws IOException {
    try {
      askTwice(key);
      away = null;
    } catch (NoSuchFileException answer) {
      away = null;
    } catch (S3Refusal answer) {
      away = null;
      throw answer;
    } catch (S3Away e) {
      away = e.getMessage();
      throw e;
    }
  }

  private void askTwice(String key) throws IOException {
    try {
      ask(key);
    } catch (S3Away e) {
      ask(key);
    }
  }

  private void ask(String key) throws IOException {
    CompletableFuture<HeadObjectResponse> answer =
        client.headObject(
            head ->
                head.bucket(bucket())
                    .key(full(key))
                    .overrideConfiguration(
                        once -> once.apiCallAttemptTimeout(CHECK).apiCallTimeout(CHECK)));
    try {
      answer.get(CHECK.plus(AWAY_LOOK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new S3Away(subject("ask", key) + ": no answer in time", e);
    } catch (ExecutionException e) {
      throw failure("ask", key, e.getCause() == null ? e : e.getCause());
    }
  }

  private IOException failure(String action, String key, Throwable cause) {
    if (cause instanceof S3Exception refused) {
      String code = refused.awsErrorDetails() == null ? "" : code(refused);
      if (refused.statusCode() == 404 && !code.equals("NoSuchBucket")) {
        return (IOException)
            new NoSuchFileException(key, null, location.name() + " has no such object")
                .initCause(cause);
      }
      return new S3Refusal(
          subject(action, key)
              + ": "
              + refused.statusCode()
              + (code.isEmpty() ? "" : " " + code)
              + remedy(refused.statusCode(), code),
          refused.statusCode(),
          code,
          cause);
    }
    if (cause instanceof S3Away) {
      return new S3Away(String.valueOf(cause.getMessage()), cause);
    }
    String message = subject(action, key) + ": " + shortened(cause);
    return cause instanceof SdkClientException
        ? new S3Away(message, cause)
        : new IOException(message, cause);
  }

  private static String code(S3Exception refused) {
    String code = refused.awsErrorDetails().errorCode();
    return code == null ? "" : code.replaceAll("[^A-Za-z0-9]", "");
  }

  private static String remedy(int status, String code) {
    if (code.equals("NoSuchBucket")) {
      return "; create the bucket";
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return "; set this machine's clock";
    }
    if (status == 401 || status == 403) {
      return "; the credentials must be allowed to read, write, list and delete there";
    }
    if (status == 301 || status == 307 || status == 400) {
      return "; look whether region, endpoint and path-style are right";
    }
    return status == 503 ? "; the store is too busy, it is tried again later" : "";
  }

  private String subject(String action, String key) {
    return location.name() + ": " + action + (key.isEmpty() ? "" : " " + key);
  }

  /** The message without line breaks, cut; the SDK's messages hold no secrets. */
  private static String shortened(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    return Text.atMost(message, MESSAGE_MAX_CHARS);
  }

  @Override
  public void close() {
    client.close();
  }
}
