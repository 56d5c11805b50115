package whorl.collector.cli.oauth;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.FakeCollector.Answer;

/** A scripted identity provider. */
public final class FakeProvider implements AutoCloseable {
  public final FakeCollector server = new FakeCollector();

  public FakeProvider() throws IOException {
    describe(issuer(), "");
    server.on(
        "POST /realm/device",
        "{'device_code':'the-device-code','user_code':'ABCD-EFGH','verification_uri':'"
            + issuer()
            + "/open','verification_uri_complete':'"
            + issuer()
            + "/open?code=ABCD-EFGH','expires_in':600,'interval':1}");
  }

  /**
   * @param more fields of the document, each after a comma
   */
  public void describe(String issuer, String more) {
    server.on(
        "GET /realm/.well-known/openid-configuration",
        "{'issuer':'"
            + issuer
            + "','token_endpoint':'"
            + issuer()
            + "/token','device_authorization_endpoint':'"
            + issuer()
            + "/device','revocation_endpoint':'"
            + issuer()
            + "/revoke','authorization_endpoint':'"
            + issuer()
            + "/auth','jwks_uri':'"
            + issuer()
            + "/keys','response_types_supported':['code'],'subject_types_supported':['public'],"
            + "'id_token_signing_alg_values_supported':['RS256']"
            + more
            + "}");
  }

  public String issuer() {
    return server.url() + "/realm";
  }

  /** The answers of the token endpoint, in turn. */
  public FakeProvider tokens(Answer... inTurn) {
    server.on("POST /realm/token", inTurn);
    return this;
  }

  public static Answer error(String code) {
    return Answer.json(400, "{'error':'" + code + "'}");
  }

  /** Tokens that expire then; their names are in the claim {@code jti}. */
  public static Answer success(String name, Instant expires) {
    return Answer.json(
        200,
        "{'access_token':'access-"
            + name
            + "','token_type':'Bearer','expires_in':300,'refresh_token':'refresh-"
            + name
            + "','id_token':'"
            + idToken(name, expires)
            + "'}");
  }

  public static String idToken(String name, Instant expires) {
    return new PlainJWT(
            new JWTClaimsSet.Builder()
                .issuer("https://issuer.example")
                .subject("anna")
                .audience("whorl")
                .jwtID(name)
                .issueTime(Date.from(expires.minusSeconds(300)))
                .expirationTime(Date.from(expires))
                .build())
        .serialize();
  }

  /** The bodies of all requests for tokens. */
  public List<String> tokenRequests() {
    return server.requests.stream()
        .filter(each -> each.uri().equals("/realm/token"))
        .map(FakeCollector.ReceivedRequest::body)
        .filter(Objects::nonNull)
        .toList();
  }

  @Override
  public void close() {
    server.close();
  }
}
