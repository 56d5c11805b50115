package whorl.collector.cli.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.cli.FakeCollector.Answer;
import whorl.collector.cli.terminal.CliException;

/** Each answer that RFC 8628 knows, and some that it does not. */
@Timeout(60)
class DeviceFlowTest {
  private static final Instant EXPIRES = Instant.parse("2026-11-24T13:00:00Z");
  private static final Answer SUCCESS = FakeProvider.success("one", EXPIRES);

  private final List<String> messages = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private FakeProvider provider;

  @BeforeEach
  void start() throws IOException {
    provider = new FakeProvider();
  }

  @AfterEach
  void stop() {
    provider.close();
  }

  private ReceivedTokens login() {
    return new DeviceFlow(
            OpenIdProvider.discover(provider.issuer(), "whorl", null),
            nanos::get,
            pause -> {
              pauses.add(pause);
              nanos.addAndGet(pause.toNanos());
            },
            messages::add)
        .login(List.of("openid", "groups"));
  }

  private void device(String json) {
    provider.server.on("POST /realm/device", json.replace("ISSUER", provider.issuer()));
  }

  @Test
  void pending_thenSuccess_asksAtTheInterval_andShowsPageAndCode() {
    device(
        "{'device_code':'d','user_code':'ABCD-EFGH','verification_uri':'ISSUER/open',"
            + "'verification_uri_complete':'ISSUER/open?code=ABCD-EFGH','expires_in':600,"
            + "'interval':7}");
    provider.tokens(
        FakeProvider.error("authorization_pending"),
        FakeProvider.error("authorization_pending"),
        SUCCESS);

    ReceivedTokens tokens = login();

    assertThat(tokens.accessToken()).isEqualTo("access-one");
    assertThat(tokens.refreshToken()).isEqualTo("refresh-one");
    assertThat(tokens.bearer(true)).isEqualTo(FakeProvider.idToken("one", EXPIRES));
    assertThat(tokens.expires(true, Instant::now)).isEqualTo(EXPIRES);
    assertThat(pauses).containsExactly(seconds(7), seconds(7), seconds(7));
    assertThat(messages)
        .contains("  " + provider.issuer() + "/open?code=ABCD-EFGH")
        .anyMatch(line -> line.contains("ABCD-EFGH.") || line.endsWith("ABCD-EFGH"));
    assertThat(provider.tokenRequests())
        .hasSize(3)
        .allMatch(
            body ->
                body.contains("client_id=whorl")
                    && body.contains("device_code=d")
                    && body.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3A"));
    assertThat(provider.server.requests.get(1).body()).contains("scope=openid+groups");
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void noInterval_isFiveSeconds_andNoCompletePage_showsTheCode() {
    device(
        "{'device_code':'d','user_code':'ABCD','verification_uri':'ISSUER/open','expires_in':600}");
    provider.tokens(SUCCESS);

    login();

    assertThat(pauses).containsExactly(seconds(5));
    assertThat(messages).contains("  " + provider.issuer() + "/open", "and enter the code ABCD");
  }

  @Test
  void slowDown_waitsFiveSecondsMoreEachTime() {
    provider.tokens(
        FakeProvider.error("slow_down"),
        FakeProvider.error("authorization_pending"),
        FakeProvider.error("slow_down"),
        SUCCESS);

    login();

    assertThat(pauses).containsExactly(seconds(1), seconds(6), seconds(6), seconds(11));
  }

  @ParameterizedTest
  @CsvSource({
    "expired_token, the code has expired",
    "access_denied, the login was refused",
    "invalid_grant, invalid_grant",
    "server_error, server_error",
  })
  void error_endsTheLogin(String code, String message) {
    provider.tokens(FakeProvider.error("authorization_pending"), FakeProvider.error(code), SUCCESS);

    assertThatThrownBy(this::login).isInstanceOf(CliException.class).hasMessageContaining(message);
    assertThat(provider.tokenRequests()).hasSize(2);
  }

  @Test
  void codeExpires_withoutAnAnswer_endsTheLogin() {
    device("{'device_code':'d','user_code':'A','verification_uri':'ISSUER/open','expires_in':12}");
    provider.tokens(FakeProvider.error("authorization_pending"));

    assertThatThrownBy(this::login).hasMessageContaining("the code has expired");
    assertThat(provider.tokenRequests()).hasSize(2);
  }

  @Test
  void connectionFails_isTriedAgain_lessOften() {
    byte[] body = SUCCESS.body();
    provider.tokens(Answer.broken(body, 3), Answer.broken(body, 3), SUCCESS);

    login();

    assertThat(pauses).containsExactly(seconds(1), seconds(2), seconds(4));
    assertThat(messages).anyMatch(line -> line.contains("trying again"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "{}", "{'access_token':7}", "{'token_type':'Bearer'}"})
  void notOAuth_isNamed(String answer) {
    provider.tokens(Answer.json(200, answer));

    assertThatThrownBy(this::login)
        .isInstanceOf(CliException.class)
        .hasMessageContaining("does not answer as RFC 8628 says");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example/open", "javascript:alert(1)", "file:///etc/passwd"})
  void pageThatIsNotSafe_isNotShown(String page) {
    device("{'device_code':'d','user_code':'A','verification_uri':'" + page + "','expires_in':9}");

    assertThatThrownBy(this::login).hasMessageContaining("is not an https address");
    assertThat(messages).noneMatch(line -> line.contains(page));
  }

  @Test
  void clientMayNot_isNamed() {
    provider.server.on(
        "POST /realm/device",
        Answer.json(400, "{'error':'unauthorized_client','error_description':'not allowed'}"));

    assertThatThrownBy(this::login).hasMessageContaining("unauthorized_client (not allowed)");
  }

  @Test
  void otherIssuer_isRefused() {
    provider.describe("https://other.example", "");

    assertThatThrownBy(this::login).hasMessageContaining("says that it is https://other.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://idp.example", "ftp://idp.example", "idp.example", "::", ""})
  void issuerWithoutTls_isRefused_beforeAnythingIsSent(String issuer) {
    assertThatThrownBy(() -> OpenIdProvider.discover(issuer, "whorl", null))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is not an https address");
  }

  @Test
  void redirect_isNotFollowed() throws IOException {
    try (FakeProvider other = new FakeProvider()) {
      provider.server.on(
          "GET /realm/.well-known/openid-configuration",
          new Answer(
              302,
              Map.of("Location", other.issuer() + "/.well-known/openid-configuration"),
              new byte[0],
              0));

      assertThatThrownBy(this::login).hasMessageContaining("status 302");
      assertThat(other.server.requests).isEmpty();
    }
  }

  @Test
  void tokens_areNotInToString() {
    provider.tokens(SUCCESS);

    assertThat(login().toString()).doesNotContain("one");
  }
}
