package whorl.collector.inject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.inject.Injection.Outcome;

/**
 * The webhook's routes. Each review is answered with {@code allowed: true}: an error costs the pod
 * the agent, never its start.
 */
final class InjectionRoutes {
  /** A pod is at most 1.5 MiB, and a review has little else. */
  static final int MAX_BODY_BYTES = 4 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(InjectionRoutes.class);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Supplier<Injector> injector;
  private final Supplier<@Nullable String> problem;
  private final Metrics metrics;
  private final AtomicLong quietUntilNanos = new AtomicLong(System.nanoTime());

  /**
   * @param problem why requests are not answered well, in a sentence; null if they are
   */
  InjectionRoutes(
      Supplier<Injector> injector, Supplier<@Nullable String> problem, Metrics metrics) {
    this.injector = injector;
    this.problem = problem;
    this.metrics = metrics;
    for (Outcome outcome : Outcome.values()) {
      count(outcome, 0);
    }
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/inject", null, false, MAX_BODY_BYTES, this::review),
        Route.open("GET", "/healthz", request -> text(200, TEXT, "ok\n")),
        Route.open("GET", "/readyz", request -> readiness()),
        Route.open("GET", "/metrics", request -> text(200, Metrics.MEDIA_TYPE, metrics.text())));
  }

  private Response review(Request request) {
    String uid = "";
    try {
      byte[] body = request.body().readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        throw new IOException("the review is longer than " + MAX_BODY_BYTES + " bytes");
      }
      AdmissionReview review = AdmissionReview.parse(body);
      uid = review.uid();
      if (!review.isNewPod()) {
        count(Outcome.LEFT_ALONE, 1);
        return answer(uid, new Injection(Outcome.LEFT_ALONE, none(), List.of()));
      }
      Injection injection = injector.get().inject(review.pod(), review.namespace());
      Response answer = answer(uid, injection);
      count(injection.outcome(), 1);
      return answer;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return failed(uid, e);
    }
  }

  private Response failed(String uid, Throwable failure) {
    count(Outcome.FAILED, 1);
    log(failure);
    String warning = "whorl: not injected: the webhook failed; its log says why";
    return answer(uid, new Injection(Outcome.FAILED, none(), List.of(warning)));
  }

  /** Reviews may come by the thousand, so at most one failure a minute is a warning. */
  private void log(Throwable failure) {
    long now = System.nanoTime();
    long quiet = quietUntilNanos.get();
    if (now - quiet >= 0 && quietUntilNanos.compareAndSet(quiet, now + QUIET_NANOS)) {
      LOG.warn("a review is answered without the agent: {}", failure.toString());
    } else {
      LOG.debug("a review is answered without the agent", failure);
    }
  }

  private static ArrayNode none() {
    return JsonNodeFactory.instance.arrayNode();
  }

  private static Response answer(String uid, Injection injection) {
    return Response.json(
        200, AdmissionReview.admitted(uid, injection.patch(), injection.warnings()));
  }

  private void count(Outcome outcome, int more) {
    metrics
        .counter(
            "whorl_injection_reviews_total",
            "Reviews of pods, by what became of them.",
            "outcome",
            outcome.name().toLowerCase(Locale.ROOT))
        .add(more);
  }

  private Response readiness() {
    String why = problem.get();
    return why == null ? text(200, TEXT, "ready\n") : text(503, TEXT, "not ready\n- " + why + "\n");
  }

  private static Response text(int status, String mediaType, String text) {
    return new Response(
        status,
        Map.of("Content-Type", mediaType),
        new Response.Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }
}
