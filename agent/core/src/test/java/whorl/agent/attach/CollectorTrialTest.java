package whorl.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.ship.TestKeys;

/** Tests what is asked of a collector before an agent is loaded. */
@Timeout(60)
class CollectorTrialTest {
  private final Properties settings = new Properties();
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer collector;
  private volatile int status = 426;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/whorl/agent/v1/channel",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "{\"detail\":\"this token is unknown\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    collector.start();
    settings.setProperty(
        "collector.url", "http://127.0.0.1:" + collector.getAddress().getPort() + "/whorl/");
    settings.setProperty("collector.token", "token-of-a-test");
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void tokenThatIsRefused_isARefusal_withTheCollectorsWords(int refused) {
    status = refused;

    assertThatThrownBy(() -> CollectorTrial.run(settings, null))
        .isInstanceOf(Refusal.class)
        .hasMessage("the collector refuses this token: " + refused + " this token is unknown");
    assertThat(authorizations).containsExactly("Bearer token-of-a-test");
  }

  @ParameterizedTest
  @ValueSource(ints = {426, 404, 503})
  void otherAnswers_areNone(int other) {
    status = other;

    assertThatCode(() -> CollectorTrial.run(settings, null)).doesNotThrowAnyException();
    assertThat(authorizations).hasSize(1);
  }

  @Test
  void collectorThatIsNotReachedFromHere_isNone() {
    collector.stop(0);

    assertThatCode(() -> CollectorTrial.run(settings, null)).doesNotThrowAnyException();
  }

  @Test
  void withoutAToken_nothingIsAsked() {
    settings.remove("collector.token");
    status = 401;

    assertThatCode(() -> CollectorTrial.run(settings, null)).doesNotThrowAnyException();
    assertThat(authorizations).isEmpty();
  }

  @Test
  void tls_certificateOfAnotherAuthority_orNoTlsAtAll_areDifferentRefusals(@TempDir Path folder)
      throws Exception {
    TestKeys own = TestKeys.make(folder, "server", "ip:127.0.0.1");
    TestKeys elsewhere = TestKeys.make(folder, "elsewhere", "ip:127.0.0.1");
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(tls(folder.resolve("server.p12"))));
    secure.start();
    try {
      settings.setProperty("collector.url", "https://127.0.0.1:" + secure.getAddress().getPort());
      assertThatThrownBy(() -> CollectorTrial.run(settings, Files.readAllBytes(elsewhere.cert())))
          .isInstanceOf(Refusal.class)
          .hasMessageStartingWith("the collector's certificate is not accepted: ");
    } finally {
      secure.stop(0);
    }
    settings.setProperty("collector.url", "https://127.0.0.1:" + collector.getAddress().getPort());
    assertThatThrownBy(() -> CollectorTrial.run(settings, Files.readAllBytes(own.cert())))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal).hasMessageStartingWith("the collector speaks no TLS with");
              assertThat(refusal.remedy()).contains("http where it does not");
            });
  }

  private static SSLContext tls(Path keyStore) throws Exception {
    KeyStore keys = KeyStore.getInstance(keyStore.toFile(), "changeit".toCharArray());
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void authorityThatHoldsNoCertificate_isARefusal() {
    settings.setProperty("collector.url", "https://127.0.0.1:" + collector.getAddress().getPort());

    byte[] noPem = "no PEM".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> CollectorTrial.run(settings, noPem))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith("--ca holds no certificates that can be read: ");
  }
}
