package whorl.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;
import whorl.agent.encrypt.Recipient;
import whorl.agent.library.Libraries;
import whorl.agent.redact.Redactor;
import whorl.agent.ship.Shipper;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.channel.CommandListener;
import whorl.agent.ship.spool.Draft;
import whorl.agent.ship.spool.Spool;
import whorl.agent.ship.spool.SpoolOwner;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.testkit.AgentDrafts;
import whorl.collector.testkit.TestConfig;
import whorl.evidence.AgentIdentity;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage;

/** The agent's own shipper and a whole collector, connected over the network. */
@Timeout(120)
class AgentToCollectorTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final String SECRET = "the password of the database";

  @TempDir private Path root;
  private final Id agent = Id.next(CLOCK);
  private final SigningKey key = Objects.requireNonNull(SigningKey.generate());

  @Test
  void thousandSmallArtifactsAndALargeOne_areSealedAndVerified() throws Exception {
    CollectorServer server = start(0);
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    Shipper shipper = shipper(spool, server.url());
    Id evidence = seal(spool, 1000, 20 << 20);

    shipper.start();
    await().atMost(Duration.ofSeconds(90)).until(() -> spool.waiting() == 0);

    EvidenceRecord record = record(evidence);
    assertThat(record.state()).isEqualTo(CaptureState.SEALED);
    assertThat(record.signature().verified()).isTrue();
    assertThat(record.artifacts()).hasSize(1003);
    shipper.close(Duration.ofSeconds(2));
    server.stop();
    assertComplete(1);
  }

  /** Reads all jars of this test's own class path, as slowly as an agent does. */
  @Tag("long")
  @Test
  void librariesOfTheAgent_areFound_andSentOnceOnly() throws Exception {
    CollectorServer first = start(0);
    int port = URI.create(first.url()).getPort();
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    Libraries[] libraries = new Libraries[1];
    Shipper shipper =
        new Shipper(
            new AgentConfig.Collector(
                URI.create(first.url()), new Secret(token("agent")), null, null, null, null),
            null,
            new AgentSelf(identity(), key, () -> Map.of("libraries", true), Map::of, () -> null),
            new Redactor(List.of()),
            spool,
            new CommandListener() {
              @Override
              public void capture(CollectorMessage.StartCapture request) {}

              @Override
              public void libraries(CollectorMessage.LibrariesWanted wanted) {
                libraries[0].wanted(wanted);
              }
            },
            Thread::new,
            CLOCK);
    libraries[0] =
        Libraries.of(
            loading(String.class, Test.class),
            (module, name) -> {
              throw new IllegalStateException("closed");
            },
            new Redactor(List.of())::text,
            4_096,
            identity(),
            () -> {},
            shipper::libraries,
            CLOCK);
    libraries[0].start(
        work -> {
          Thread thread = new Thread(work);
          thread.setDaemon(true);
          return thread;
        });
    shipper.start();

    String loaded = "/api/v1/libraries?name=junit-jupiter-api&version=%3E5&loaded=true";
    await()
        .atMost(Duration.ofSeconds(100))
        .until(() -> Json.MAPPER.readTree(get(first, loaded)).path("libraries").size() == 1);
    JsonNode all =
        Json.MAPPER.readTree(get(first, "/api/v1/agents/" + agent + "/libraries?limit=5000"));
    assertThat(all.path("complete").asBoolean()).isTrue();
    assertThat(all.path("libraries").findValuesAsText("name"))
        .contains("java.base", "jackson-databind");
    assertThat(new String(get(first, "/metrics"), StandardCharsets.UTF_8))
        .contains("whorl_library_inventories_total 1\n");
    first.stop();
    CollectorServer second = start(port);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                new String(get(second, "/metrics"), StandardCharsets.UTF_8)
                    .contains("whorl_library_inventories_shared_total 1\n"));
    assertThat(new String(get(second, "/metrics"), StandardCharsets.UTF_8))
        .contains("whorl_library_inventories_total 0\n");
    shipper.close(Duration.ofSeconds(2));
    second.stop();
  }

  /** An instrumentation that knows these classes only. */
  private static Instrumentation loading(Class<?>... types) {
    return (Instrumentation)
        Proxy.newProxyInstance(
            Instrumentation.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> types);
  }

  @Test
  void artifactCorruptedInTransit_isSentAgain() throws Exception {
    CollectorServer server = start(0);
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    try (CuttingProxy line = CuttingProxy.start(URI.create(server.url()).getPort())) {
      Shipper shipper = shipper(spool, line.url());
      Id evidence = seal(spool, 1, 20 << 20);
      line.spoilAfter(12 << 20);

      shipper.start();
      await().atMost(Duration.ofSeconds(90)).until(() -> spool.waiting() == 0);

      assertThat(line.hasSpoiled()).isTrue();
      EvidenceRecord record = record(evidence);
      assertThat(record.state()).isEqualTo(CaptureState.SEALED);
      assertThat(record.problems()).isEmpty();
      assertThat(shipper.status().bytesShipped()).isGreaterThan(40L << 20);
      shipper.close(Duration.ofSeconds(2));
    }
    server.stop();
    assertComplete(1);
  }

  @Test
  void encryptedEvidence_isSealedAndVerified_withoutBeingReadable() throws Exception {
    CollectorServer server = start(0);
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    Shipper shipper = shipper(spool, server.url());
    KeyPair investigator = new X25519KeyPairGenerator().generateKeyPair();
    byte[] plain = (SECRET + "\n").repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    Id evidence =
        sealEncrypted(spool, Recipient.of(text(investigator.getPublic())), "threads.txt", plain);

    shipper.start();
    await().until(() -> spool.waiting() == 0);

    String path = "/api/v1/evidence/" + evidence;
    JsonNode shown = Json.MAPPER.readTree(get(server, path));
    assertThat(shown.path("state").asText()).isEqualTo("sealed");
    assertThat(shown.path("recipient").asText()).isEqualTo(text(investigator.getPublic()));
    assertThat(shown.at("/signature/verified").asBoolean()).isTrue();
    JsonNode verified = Json.MAPPER.readTree(get(server, path + "/verify"));
    assertThat(verified.path("problems")).isEmpty();
    assertThat(verified.path("verified").asBoolean()).isTrue();
    Path bag = Files.write(root.resolve("bag.zip"), get(server, path + "/bag"));
    assertThat(new OfflineVerifier(CLOCK).verify(bag).problems()).isEmpty();
    byte[] encrypted = get(server, path + "/artifacts/threads.txt.age");
    assertThat(decrypted(encrypted, text(investigator.getPrivate()))).isEqualTo(plain);
    shipper.close(Duration.ofSeconds(2));
    server.stop();
    assertComplete(1);
    try (Stream<Path> files = Files.walk(root).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).as(file.toString()).doesNotContain(SECRET);
      }
    }
  }

  @Test
  void uploadInterruptedByACollectorStop_arrivesOnceAndComplete() throws Exception {
    CollectorServer first = start(0);
    int port = URI.create(first.url()).getPort();
    Spool spool =
        Spool.inFolder(
            root.resolve("spool"),
            new SpoolOwner(agent, "shop", false),
            1L << 30,
            () -> Long.MAX_VALUE);
    Shipper shipper = shipper(spool, first.url());
    Id evidence = seal(spool, 50, 64 << 20);

    shipper.start();
    await().until(() -> shipper.status().bytesShipped() > 2 << 20);
    first.stop();
    assertThat(spool.waiting()).isEqualTo(1);
    CollectorServer second = start(port);
    await().atMost(Duration.ofSeconds(90)).until(() -> spool.waiting() == 0);

    assertThat(record(evidence).state()).isEqualTo(CaptureState.SEALED);
    shipper.close(Duration.ofSeconds(2));
    second.stop();
    assertComplete(1);
  }

  private void assertComplete(int evidence) throws IOException {
    VerificationReport report = new OfflineVerifier(CLOCK).verify(root.resolve("data"));
    assertThat(report.problems()).isEmpty();
    assertThat(report.evidence()).isEqualTo(evidence);
  }

  private EvidenceRecord record(Id evidence) throws IOException {
    return EvidenceRecord.parse(
        Files.readAllBytes(root.resolve("data/evidence").resolve(evidence + "/evidence.json")));
  }

  private Shipper shipper(Spool spool, String url) {
    AgentConfig.Collector collector =
        new AgentConfig.Collector(
            URI.create(url), new Secret(token("agent")), null, null, null, null);
    return new Shipper(
        collector,
        null,
        new AgentSelf(identity(), key, Map::of, Map::of, () -> null),
        new Redactor(List.of()),
        spool,
        request -> {},
        Thread::new,
        CLOCK);
  }

  private AgentIdentity identity() {
    return new AgentIdentity(
        agent, "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
  }

  /** A draft as a capture leaves it in the spool. */
  private Id seal(Spool spool, int small, int largeBytes) throws IOException {
    Id evidence = Id.next(CLOCK);
    Id capture = Id.next(CLOCK);
    Draft draft = spool.begin(evidence, capture);
    Random random = new Random(7);
    for (int i = 0; i < small; i++) {
      AgentDrafts.put(draft, "classes/c" + i + ".class", random(random, 4 << 10));
    }
    AgentDrafts.put(draft, "recording.jfr", random(random, largeBytes));
    finish(draft, evidence, capture, null);
    return evidence;
  }

  private Id sealEncrypted(Spool spool, Recipient recipient, String name, byte[] content)
      throws IOException {
    Id evidence = Id.next(CLOCK);
    Id capture = Id.next(CLOCK);
    Draft draft = spool.begin(evidence, capture);
    ArtifactName encrypted = recipient.nameOf(new ArtifactName(name));
    try (OutputStream out = recipient.encrypting(draft.create(encrypted, Recipient.MEDIA_TYPE))) {
      out.write(content);
    }
    finish(draft, evidence, capture, recipient.text());
    return evidence;
  }

  private void finish(Draft draft, Id evidence, Id capture, @Nullable String recipient)
      throws IOException {
    AgentDrafts.seal(draft, evidence, capture, identity(), key, recipient, null);
  }

  private static byte[] decrypted(byte[] encrypted, String secretKey) throws Exception {
    try (ReadableByteChannel plain =
        new StandardDecryptingChannelFactory()
            .newDecryptingChannel(
                Channels.newChannel(new ByteArrayInputStream(encrypted)),
                List.of(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(secretKey)))) {
      return Channels.newInputStream(plain).readAllBytes();
    }
  }

  /** The encoding of the library's keys is age's own. */
  private static String text(Key key) {
    return new String(key.getEncoded(), StandardCharsets.US_ASCII);
  }

  private byte[] get(CollectorServer server, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .header("Authorization", "Bearer " + token("viewer"))
            .build();
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private String token(String role) {
    try {
      return Files.readAllLines(root.resolve("data/tokens")).stream()
          .filter(line -> line.startsWith(role + " "))
          .map(line -> line.substring(role.length() + 1))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private CollectorServer start(int port) throws IOException {
    return CollectorServer.start(
        TestConfig.in(root.resolve("data")).port(port).config(), Wiring::open, line -> {});
  }
}
