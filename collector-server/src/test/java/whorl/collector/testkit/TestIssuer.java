package whorl.collector.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer like a cluster's: keys that rotate, discovery, and tokens of service accounts. */
public final class TestIssuer implements AutoCloseable {
  private final HttpServer server;
  private final List<JWK> keys = new ArrayList<>();
  public final AtomicInteger reads = new AtomicInteger();
  public volatile boolean isAway;

  private TestIssuer(HttpServer server) {
    this.server = server;
  }

  /** Starts on a free port of loopback, with one key {@code k1}. */
  public static TestIssuer start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestIssuer issuer = new TestIssuer(server);
    issuer.addEcKey("k1");
    server.createContext(
        "/.well-known/openid-configuration",
        exchange ->
            issuer.answer(
                exchange,
                "{\"issuer\":\""
                    + issuer.url()
                    + "\",\"jwks_uri\":\""
                    + issuer.url()
                    + "/keys\"}"));
    server.createContext(
        "/keys",
        exchange -> {
          issuer.reads.incrementAndGet();
          issuer.answer(exchange, issuer.jwks());
        });
    server.start();
    return issuer;
  }

  private void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(isAway ? 503 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public synchronized String jwks() {
    return new JWKSet(keys).toPublicJWKSet().toString();
  }

  public synchronized JWK addRsaKey(String id) {
    return add(generated(() -> new RSAKeyGenerator(2048).keyID(id).generate()));
  }

  public synchronized JWK addEcKey(String id) {
    return add(generated(() -> new ECKeyGenerator(Curve.P_256).keyID(id).generate()));
  }

  public synchronized void removeKey(String id) {
    keys.removeIf(key -> key.getKeyID().equals(id));
  }

  private JWK add(JWK key) {
    keys.add(key);
    return key;
  }

  public synchronized JWK key(String id) {
    return keys.stream().filter(key -> key.getKeyID().equals(id)).findFirst().orElseThrow();
  }

  private interface Generating {
    JWK generate() throws JOSEException;
  }

  private static JWK generated(Generating generating) {
    try {
      return generating.generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The claims of a pod's token for an hour from {@code now} on. */
  public JWTClaimsSet.Builder claims(String namespace, String account, String pod, Instant now) {
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .audience("whorl")
        .subject("system:serviceaccount:" + namespace + ":" + account)
        .issueTime(Date.from(now))
        .notBeforeTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(3600)))
        .jwtID("id-" + pod)
        .claim(
            "kubernetes.io",
            Map.of(
                "namespace",
                namespace,
                "node",
                Map.of("name", "node-1", "uid", "uid-of-node-1"),
                "pod",
                Map.of("name", pod, "uid", "uid-of-" + pod),
                "serviceaccount",
                Map.of("name", account, "uid", "uid-of-" + account)));
  }

  /** The token of a pod, signed with {@code k1}, valid for an hour from now on. */
  public String token(String namespace, String account, String pod) {
    return signed(claims(namespace, account, pod, Instant.now()).build(), key("k1"));
  }

  public static String signed(JWTClaimsSet claims, JWK key) {
    boolean rsa = key instanceof RSAKey;
    JWSAlgorithm algorithm = rsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
    try {
      SignedJWT jwt =
          new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
      jwt.sign(rsa ? new RSASSASigner(key.toRSAKey()) : new ECDSASigner(key.toECKey()));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
