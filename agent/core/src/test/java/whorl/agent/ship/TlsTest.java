package whorl.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.ship.net.Credentials;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage;

@Timeout(60)
final class TlsTest {
  @TempDir static Path folder;
  private static TestKeys server;
  private static TestKeys elsewhere;
  private static TestKeys client;

  private @Nullable FakeCollector collector;
  private @Nullable Shipper shipper;
  private final Spool spool = Spool.inMemory(Samples.AGENT, 8 << 20);

  @BeforeAll
  static void makeKeys() throws Exception {
    server = TestKeys.make(folder, "server", "dns:localhost");
    elsewhere = TestKeys.make(folder, "elsewhere", "dns:elsewhere.example");
    client = TestKeys.make(folder, "client", "dns:client");
  }

  @AfterEach
  void stop() {
    if (shipper != null) {
      shipper.close(Duration.ofSeconds(2));
    }
    if (collector != null) {
      collector.close();
    }
  }

  @Test
  void ship_caAndClientCertificate_arrivesAndTalks() throws Exception {
    FakeCollector collector = collector(server);
    start(Samples.tls(collector.url(), server.cert(), client.cert(), client.key()));
    Id evidence = ship();

    await().until(() -> collector.disk.sealed.contains(evidence.value()));
    await().until(() -> !collector.messages(AgentMessage.Hello.class).isEmpty());
  }

  @Test
  void ship_noClientCertificate_isRefused() throws Exception {
    FakeCollector collector = collector(server);
    assertFailure(Samples.tls(collector.url(), server.cert(), null, null), "");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void ca_isReadAnewForEachConnection() throws Exception {
    Path ca = folder.resolve("changing-ca.pem");
    Files.copy(elsewhere.cert(), ca, StandardCopyOption.REPLACE_EXISTING);
    FakeCollector collector = collector(server);
    start(Samples.tls(collector.url(), ca, client.cert(), client.key()));
    Id evidence = ship();
    await().until(() -> String.valueOf(shipper.status().lastError()).contains("path"));

    Files.copy(server.cert(), ca, StandardCopyOption.REPLACE_EXISTING);

    await().until(() -> collector.disk.sealed.contains(evidence.value()));
  }

  @Test
  void ship_serverNotTrusted_sendsNoToken() throws Exception {
    FakeCollector collector = collector(server);
    assertFailure(
        Samples.tls(collector.url(), elsewhere.cert(), client.cert(), client.key()), "path");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void ship_otherHostsCertificate_sendsNoToken() throws Exception {
    FakeCollector collector = collector(elsewhere);
    assertFailure(
        Samples.tls(collector.url(), elsewhere.cert(), client.cert(), client.key()), "localhost");
    assertThat(collector.requests).isEmpty();
  }

  @Test
  void tls_filesUnusable_namesSettingAndFile() throws Exception {
    Path rubbish = Files.writeString(folder.resolve("rubbish.pem"), "no certificate");
    Path absent = folder.resolve("absent.pem");
    java.net.URI url = java.net.URI.create("https://localhost");

    assertThatIOException()
        .isThrownBy(() -> new Credentials(Samples.tls(url, rubbish, null, null)).tls())
        .withMessageContainingAll("collector.ca", "rubbish.pem");
    assertThatIOException()
        .isThrownBy(() -> new Credentials(Samples.tls(url, null, absent, client.key())).tls())
        .withMessageContainingAll("collector.client-cert", "absent.pem");
    assertThatIOException()
        .isThrownBy(() -> new Credentials(Samples.tls(url, null, client.cert(), null)).tls())
        .withMessageContaining("go together");
  }

  @Test
  void authorization_tokenFile_isReadEachTime() throws Exception {
    Path file = folder.resolve("token");
    Credentials credentials = new Credentials(withToken(null, file));

    assertThatIOException()
        .isThrownBy(credentials::authorization)
        .withMessageContainingAll("collector.token-file", "token");
    Files.writeString(file, "first\n");
    assertThat(credentials.authorization().reveal()).isEqualTo("Bearer first");
    Files.writeString(file, "second\n");
    assertThat(credentials.authorization().reveal()).isEqualTo("Bearer second");
    assertThat(new Credentials(withToken(null, null)).authorization()).isNull();
  }

  @Test
  void authorization_tokenWithLineBreak_isRefusedWithoutShowingIt() {
    assertThatIOException()
        .isThrownBy(() -> new Credentials(withToken("secret\r\nX: y", null)).authorization())
        .withMessageContaining("collector.token")
        .withMessageNotContaining("secret");
  }

  private static AgentConfig.Collector withToken(@Nullable String token, @Nullable Path file) {
    return new AgentConfig.Collector(
        null, token == null ? null : new Secret(token), file, null, null, null);
  }

  private void assertFailure(AgentConfig.Collector config, String expected) throws Exception {
    start(config);
    ship();
    await()
        .untilAsserted(
            () -> assertThat(shipper.status().lastError()).isNotNull().contains(expected));
    assertThat(spool.waiting()).isEqualTo(1);
  }

  private FakeCollector collector(TestKeys keys) throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(keys.cert().toFile(), keys.key().toFile())
            .sslProvider(SslProvider.JDK)
            .trustManager(client.cert().toFile())
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    FakeCollector started = FakeCollector.start("", tls);
    collector = started;
    return started;
  }

  private void start(AgentConfig.Collector config) {
    shipper =
        new Shipper(
            config,
            null,
            Samples.agentSelf(),
            new whorl.agent.redact.Redactor(java.util.List.of()),
            spool,
            request -> {},
            Thread::new,
            InstantSource.system(),
            Samples.FAST);
    shipper.start();
  }

  private Id ship() throws Exception {
    Id evidence = Samples.id();
    Draft draft = spool.begin(evidence, Samples.id());
    Samples.put(draft, "recording.jfr", Samples.bytes(1, 1_000_000));
    Samples.seal(draft);
    return evidence;
  }

  /** A long limit, for busy machines. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }
}
