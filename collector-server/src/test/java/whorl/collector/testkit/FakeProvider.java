package whorl.collector.testkit;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import whorl.evidence.Json;

/**
 * An OpenID Connect provider without a user interface: a test says who logs in. Checks PKCE, and
 * accepts each code once.
 */
public final class FakeProvider implements AutoCloseable {
  public static final String CLIENT = "whorl-page";
  private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

  private final HttpServer server;
  private final TestIssuer issuer;
  private final Map<String, Login> codes = new ConcurrentHashMap<>();
  public final AtomicInteger exchanges = new AtomicInteger();
  public volatile boolean isAway;

  /** What discovery says beyond what is needed. */
  public volatile Map<String, Object> more = Map.of();

  /** Changes what discovery says who the issuer is. */
  public volatile String namedIssuer = "";

  /** Changes the claims of ID tokens before they are signed. */
  public volatile UnaryOperator<JWTClaimsSet.Builder> changed = claims -> claims;

  private record Login(String subject, List<String> groups, Map<String, List<String>> asked) {}

  private FakeProvider(HttpServer server, TestIssuer issuer) {
    this.server = server;
    this.issuer = issuer;
  }

  /** Starts on a free port of loopback, with one key {@code k1}. */
  public static FakeProvider start() throws IOException {
    FakeProvider provider =
        new FakeProvider(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
            TestIssuer.start());
    provider.server.createContext(
        "/.well-known/openid-configuration", exchange -> provider.discovery(exchange));
    provider.server.createContext(
        "/keys", exchange -> provider.answer(exchange, 200, provider.issuer.jwks()));
    provider.server.createContext("/token", exchange -> provider.exchange(exchange));
    provider.server.start();
    return provider;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public JWK key(String id) {
    return issuer.key(id);
  }

  /** The keys; the first is {@code k1}. */
  public TestIssuer keys() {
    return issuer;
  }

  private void discovery(HttpExchange exchange) throws IOException {
    Map<String, Object> document =
        new TreeMap<>(
            Map.of(
                "issuer", namedIssuer.isEmpty() ? url() : namedIssuer,
                "jwks_uri", url() + "/keys",
                "authorization_endpoint", url() + "/authorize",
                "token_endpoint", url() + "/token",
                "end_session_endpoint", url() + "/logout",
                "device_authorization_endpoint", url() + "/device",
                "subject_types_supported", List.of("public"),
                "response_types_supported", List.of("code"),
                "id_token_signing_alg_values_supported", List.of("ES256")));
    document.putAll(more);
    answer(exchange, 200, Json.text(document));
  }

  private void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isAway ? 503 : status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /**
   * What the provider does after a person logged in.
   *
   * @param location where the collector sent the browser
   * @return where the provider sends it
   */
  public URI authorize(String location, String subject, String... groups) {
    Map<String, List<String>> asked =
        new QueryStringDecoder(location, StandardCharsets.UTF_8).parameters();
    String code = UUID.randomUUID().toString();
    codes.put(code, new Login(subject, List.of(groups), asked));
    return URI.create(
        first(asked, "redirect_uri") + "?code=" + code + "&state=" + first(asked, "state"));
  }

  public static String first(Map<String, List<String>> parameters, String name) {
    return parameters.getOrDefault(name, List.of("")).get(0);
  }

  private void exchange(HttpExchange exchange) throws IOException {
    exchanges.incrementAndGet();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, List<String>> form =
        new QueryStringDecoder(body, StandardCharsets.UTF_8, false).parameters();
    Login login = codes.remove(first(form, "code"));
    if (login == null
        || !first(login.asked(), "code_challenge_method").equals("S256")
        || !first(login.asked(), "code_challenge").equals(challenge(first(form, "code_verifier")))
        || !first(login.asked(), "redirect_uri").equals(first(form, "redirect_uri"))
        || !first(form, "client_id").equals(CLIENT)) {
      answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
      return;
    }
    JWTClaimsSet.Builder claims =
        claims(login.subject(), Instant.now(), login.groups())
            .claim("nonce", first(login.asked(), "nonce"))
            .claim("sid", "session-of-" + login.subject());
    answer(
        exchange,
        200,
        Json.text(
            Map.of(
                "access_token",
                "opaque",
                "token_type",
                "Bearer",
                "id_token",
                TestIssuer.signed(changed.apply(claims).build(), key("k1")))));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The claims of a person's token for five minutes from {@code now} on. */
  public JWTClaimsSet.Builder claims(String subject, Instant now, List<String> groups) {
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .audience(CLIENT)
        .subject(subject)
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(300)))
        .claim("preferred_username", "user-" + subject)
        .claim("name", "Person " + subject)
        .claim("groups", groups);
  }

  /** A token for the API, valid for five minutes from now on. */
  public String token(String subject, String... groups) {
    return TestIssuer.signed(claims(subject, Instant.now(), List.of(groups)).build(), key("k1"));
  }

  /** The claims of a logout token. */
  public JWTClaimsSet.Builder logout(String subject, Instant now) {
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .audience(CLIENT)
        .subject(subject)
        .jwtID(UUID.randomUUID().toString())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(120)))
        .claim("events", Map.of(EVENT, Map.of()));
  }

  @Override
  public void close() {
    server.stop(0);
    issuer.close();
  }
}
