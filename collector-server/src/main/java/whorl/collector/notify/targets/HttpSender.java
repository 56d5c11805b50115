package whorl.collector.notify.targets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.outbound.BoundedExchange;
import whorl.evidence.Text;

/**
 * Posts to a server outside: no redirects, bounded times and answers. What it says of failures has
 * no secret in it. Used by one thread at a time.
 */
final class HttpSender {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration WHOLE = Duration.ofSeconds(20);
  private static final Duration RETRY_AFTER_MAX = Duration.ofHours(6);
  private static final int ANSWER_MAX_BYTES = 4 << 10;
  private static final int OK = 2;
  private static final List<Integer> FOR_GOOD =
      List.of(400, 405, 406, 411, 413, 414, 415, 422, 431);

  private final Endpoint endpoint;
  private final Trust trust;
  private final Duration whole;
  private final PinnedHttp direct;
  private final Resolver resolver;
  private @Nullable SSLContext context;
  private @Nullable HttpClient client;

  HttpSender(Endpoint endpoint) {
    this(endpoint, WHOLE);
  }

  HttpSender(Endpoint endpoint, Duration whole) {
    this(endpoint, whole, Addresses::of);
  }

  HttpSender(Endpoint endpoint, Duration whole, Resolver resolver) {
    this.endpoint = endpoint;
    this.trust = new Trust(endpoint.ca());
    this.whole = whole;
    this.direct = new PinnedHttp(CONNECT, whole, ANSWER_MAX_BYTES);
    this.resolver = resolver;
  }

  /** Finds the addresses of a host, and checks them. */
  @FunctionalInterface
  interface Resolver {
    /** The same as {@link Addresses#of}. */
    InetAddress[] of(String host, boolean allowLocal) throws IOException;
  }

  /** An answer whose status is 2xx. */
  static final class Answer {
    private final int status;
    private final byte[] body;
    private final String summary;
    private final UnaryOperator<String> cleaning;

    private Answer(int status, byte[] body, String summary, UnaryOperator<String> cleaning) {
      this.status = status;
      this.body = body;
      this.summary = summary;
      this.cleaning = cleaning;
    }

    int status() {
      return status;
    }

    /** Its first bytes. */
    byte[] body() {
      return body;
    }

    /** The status and the beginning of the body, for people. */
    String summary() {
      return summary;
    }

    /** A text of the body, for people. */
    String shown(String text) {
      return Text.shortened(cleaning.apply(text));
    }
  }

  /**
   * As {@link #exchange}; returns the status and the beginning of the answer, for people.
   *
   * @param inBody secrets that are in the body
   */
  String post(Map<String, String> headers, byte[] body, String... inBody) throws IOException {
    return exchange(headers, body, inBody).summary();
  }

  /**
   * Posts a body.
   *
   * @param inBody secrets that are in the body
   * @throws RefusedException if the status means that it is in vain, or names a time
   * @throws IOException if there is no answer, or it is not 2xx
   */
  Answer exchange(Map<String, String> headers, byte[] body, String... inBody) throws IOException {
    URI url = endpoint.read();
    InetAddress[] addresses = resolver.of(url.getHost(), endpoint.allowLocal());
    Map<String, String> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, SecretFile> each : endpoint.secretHeaders().entrySet()) {
      secrets.put(each.getKey(), each.getValue().read());
    }
    HttpRequest request = request(url, headers, secrets, body);
    PinnedHttp.Answer response =
        isProxied(url)
            ? sendByProxy(request)
            : direct.send(request, body, addresses[0], trust.context());
    List<String> hidden = new ArrayList<>(secrets.values());
    hidden.addAll(List.of(inBody));
    UnaryOperator<String> cleaning = text -> endpoint.clean(text, url, hidden);
    String answer = cleaning.apply(new String(response.body(), StandardCharsets.UTF_8));
    String summary = response.status() + (answer.isBlank() ? "" : " " + Text.shortened(answer));
    if (response.status() / 100 == OK) {
      return new Answer(response.status(), response.body(), summary, cleaning);
    }
    throw refusal(response, "it answered " + summary);
  }

  private HttpRequest request(
      URI url, Map<String, String> headers, Map<String, String> secrets, byte[] body)
      throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(url)
            .timeout(whole)
            .header("User-Agent", "whorl")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    try {
      headers.forEach(builder::setHeader);
      endpoint.headers().forEach(builder::setHeader);
      secrets.forEach(builder::setHeader);
      return builder.build();
    } catch (IllegalArgumentException e) {
      // the exception's own message may have a secret in it
      throw new IOException(
          "a header of this notification has characters that HTTP does not permit; see its"
              + " header-files");
    }
  }

  /** True if the JVM's settings name a proxy for this, which finds the address itself. */
  private static boolean isProxied(URI url) {
    ProxySelector proxies = ProxySelector.getDefault();
    return proxies != null
        && proxies.select(url).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }

  private PinnedHttp.Answer sendByProxy(HttpRequest request) throws IOException {
    HttpResponse<byte[]> response = send(request);
    return new PinnedHttp.Answer(
        response.statusCode(),
        response.headers().firstValue("Retry-After").orElse(null),
        response.body());
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    HttpClient now = client();
    try {
      return BoundedExchange.sendForBeginning(now, request, ANSWER_MAX_BYTES, whole);
    } catch (HttpTimeoutException e) {
      throw new IOException("no answer within " + whole.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException("no answer: " + e.getMessage(), e);
    }
  }

  private HttpClient client() throws IOException {
    SSLContext now = trust.context();
    HttpClient known = client;
    if (known == null || now != context) {
      known =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .sslContext(now)
              .build();
      client = known;
      context = now;
    }
    return known;
  }

  private static IOException refusal(PinnedHttp.Answer response, String why) {
    int status = response.status();
    String retryAfter = response.retryAfter();
    Duration after = retryAfter == null ? null : time(retryAfter);
    if (after != null) {
      return RefusedException.until(why, after);
    }
    if (FOR_GOOD.contains(status)) {
      return RefusedException.forGood(why);
    }
    return new IOException(status / 100 == 3 ? why + "; redirects are not followed" : why);
  }

  /** Reads a {@code Retry-After}: seconds, or a date. */
  static @Nullable Duration time(String header) {
    String text = header.strip();
    Duration after;
    if (text.matches("\\d{1,9}")) {
      after = Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        after =
            Duration.between(
                Instant.now(),
                ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeParseException e) {
        return null;
      }
    }
    if (after.isNegative()) {
      return Duration.ZERO;
    }
    return after.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : after;
  }
}
