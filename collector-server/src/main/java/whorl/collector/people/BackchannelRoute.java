package whorl.collector.people;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.http.auth.LoginLimit;
import whorl.collector.http.auth.SessionOpener;
import whorl.collector.http.request.Request;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;
import whorl.collector.identity.keys.JwtChecks;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusedException;
import whorl.collector.store.access.UsedOnceLedger;
import whorl.evidence.Digest;

/**
 * {@code POST /login/backchannel}: the provider ends sessions at once, for example when a person
 * logs out elsewhere or is locked.
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html">OpenID Connect
 *     Back-Channel Logout</a>
 */
final class BackchannelRoute {
  private static final Logger LOG = LoggerFactory.getLogger(BackchannelRoute.class);
  private static final String PATH = "/login/backchannel";
  private static final int BODY_MAX_BYTES = 16 << 10;
  private static final int MAX_FIELDS = 8;

  private final String issuer;
  private final PersonTokens tokens;
  private final SessionOpener sessions;
  private final UsedOnceLedger usedOnce;
  private final LoginLimit limit;
  private final InstantSource clock;
  private final PeopleCounters counters;

  BackchannelRoute(
      String issuer,
      PersonTokens tokens,
      SessionOpener sessions,
      UsedOnceLedger usedOnce,
      LoginLimit limit,
      InstantSource clock,
      PeopleCounters counters) {
    this.issuer = issuer;
    this.tokens = tokens;
    this.sessions = sessions;
    this.usedOnce = usedOnce;
    this.limit = limit;
    this.clock = clock;
    this.counters = counters;
  }

  List<Route> routes() {
    return List.of(new Route("POST", PATH, null, false, BODY_MAX_BYTES, this::logout));
  }

  private Response logout(Request request) throws IOException {
    try {
      PersonTokens.Logout logout = tokens.verifyLogout(token(request));
      Digest used = used(logout.id());
      if (usedOnce.isUsed(used)) {
        throw new RefusedException(Refusal.REPLAYED, "it was used before (jti)");
      }
      int ended = sessions.end(issuer, logout.subject(), logout.session());
      // only now: if the sessions could not be ended, the provider sends the same token again
      Duration lives =
          Duration.between(clock.instant(), logout.expires())
              .plus(JwtChecks.LEEWAY.multipliedBy(2));
      boolean unused = usedOnce.use(used, lives);
      counters.sessionsEnded.add(ended);
      LOG.info("the identity provider ended {} sessions", ended);
      return answer(200, Map.of());
    } catch (RefusedException refused) {
      counters.refused(refused.refusal());
      LOG.info(
          "a logout token from {} is refused: {}", request.remoteAddress(), refused.getMessage());
      if (refused.refusal() == Refusal.KEYS_AWAY) {
        return answer(503, Map.of("error", "temporarily_unavailable")).with("Retry-After", "10");
      }
      limit.failed(request.remoteAddress());
      return answer(
          400,
          Map.of(
              "error",
              "invalid_request",
              "error_description",
              "the logout token is refused: " + refused.getMessage()));
    }
  }

  private Digest used(String id) {
    return Digest.of(("logout " + issuer + " " + id).getBytes(StandardCharsets.UTF_8));
  }

  private static Response answer(int status, Map<String, String> body) {
    Response response = body.isEmpty() ? Response.empty(status) : Response.json(status, body);
    return response.with("Cache-Control", "no-store");
  }

  private static String token(Request request) throws IOException, RefusedException {
    String type = request.header("Content-Type");
    if (type == null
        || !type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
      throw malformed();
    }
    byte[] body = request.body().readNBytes(BODY_MAX_BYTES);
    List<String> values =
        new QueryStringDecoder(
                new String(body, StandardCharsets.UTF_8), StandardCharsets.UTF_8, false, MAX_FIELDS)
            .parameters()
            .getOrDefault("logout_token", List.of());
    if (values.size() != 1) {
      throw malformed();
    }
    return values.get(0);
  }

  private static RefusedException malformed() {
    return new RefusedException(
        Refusal.MALFORMED, "send logout_token=TOKEN as application/x-www-form-urlencoded");
  }
}
