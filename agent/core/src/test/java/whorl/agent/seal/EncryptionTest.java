package whorl.agent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.exceptionfactory.jagged.bech32.Bech32;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.AgentStarter;
import whorl.agent.KeptEvidence;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.coordinate.AlertReporter;
import whorl.agent.capture.coordinate.CaptureCoordinator;
import whorl.agent.capture.coordinate.CaptureProcedure;
import whorl.agent.capture.coordinate.CaptureReports;
import whorl.agent.capture.coordinate.CaptureSealer;
import whorl.agent.config.ConfigLoader;
import whorl.agent.encrypt.AgeKey;
import whorl.agent.encrypt.Recipient;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Manifest;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;
import whorl.evidence.channel.CollectorMessage.StartCapture;

/** Captures with a valid, an invalid and no recipient. */
final class EncryptionTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final String SECRET = "the-password-of-the-database";
  private static final AgentIdentity AGENT =
      new AgentIdentity(
          Id.next(CLOCK), "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");

  private final KeptEvidence kept = new KeptEvidence();
  private final List<CaptureProgress> reports = new CopyOnWriteArrayList<>();
  private AgeKey key;

  @BeforeEach
  void key() throws Exception {
    key = AgeKey.generate();
  }

  @Test
  void capture_withARecipient_isReadableOnlyWithTheSecretKey() throws Exception {
    capture(Encryption.of(key.recipient()).checked());

    assertThat(kept.committed).isTrue();
    assertThat(kept.contents.keySet().stream().map(ArtifactName::value))
        .containsExactly(
            "threads.txt.age",
            "classes/ab12.class.age",
            "acquisition.log.age",
            "manifest.json",
            "manifest.dsse.json");
    kept.contents.values().forEach(content -> assertThat(text(content)).doesNotContain(SECRET));
    assertThat(text(decrypted("threads.txt"))).isEqualTo("main " + SECRET);
    assertThat(text(decrypted("acquisition.log"))).contains("# encrypted to " + key.recipient());
  }

  @Test
  void capture_withARecipient_manifestListsArtifactsAndRecipient() throws Exception {
    capture(Encryption.of(key.recipient()).checked());

    Manifest manifest =
        Json.MAPPER.readValue(kept.contents.get(ArtifactName.MANIFEST), Manifest.class);
    assertThat(manifest.recipient()).isEqualTo(key.recipient());
    assertThat(manifest.artifacts()).hasSize(3);
    for (Artifact artifact : manifest.artifacts()) {
      byte[] content = kept.contents.get(artifact.name());
      assertThat(artifact.sha256()).isEqualTo(Digest.of(content));
      assertThat(artifact.size()).isEqualTo(content.length);
      assertThat(artifact.mediaType()).isEqualTo(Recipient.MEDIA_TYPE);
    }
  }

  @Test
  void capture_withoutRecipient_isNotEncrypted() throws Exception {
    Encryption encryption = Encryption.of(null).checked();

    capture(encryption);

    assertThat(text(kept.contents.get(new ArtifactName("threads.txt")))).contains(SECRET);
    Manifest manifest =
        Json.MAPPER.readValue(kept.contents.get(ArtifactName.MANIFEST), Manifest.class);
    assertThat(manifest.recipient()).isNull();
    assertThat(encryption.describe()).isEqualTo(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"age1xyz", "typo", "/run/secrets/recipient", "${RECIPIENT}"})
  void capture_malformedRecipient_failsAndKeepsNothing(String setting) throws Exception {
    Encryption encryption = Encryption.of(setting).checked();

    capture(encryption);

    assertThat(kept.contents).isEmpty();
    assertThat(kept.committed).isFalse();
    assertThat(reports)
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.state()).isEqualTo(CaptureState.FAILED);
              assertThat(report.reason())
                  .contains("no evidence is taken", "evidence.recipient", "age-keygen");
            });
    assertThat(encryption.recipient()).isNull();
    assertThat(encryption.describe()).isEqualTo(encryption.refusal());
  }

  @Test
  void capture_unusableRecipient_failsAndKeepsNothing() throws Exception {
    String zero = Bech32.getEncoder().encode("age", new byte[32]).toString();

    capture(Encryption.of(zero).checked());

    assertThat(kept.contents).isEmpty();
    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.reason()).contains("cannot encrypt to " + zero));
  }

  @Test
  void secretKeyAsRecipient_isNeverShown() {
    Encryption encryption = Encryption.of(key.secret());

    assertThat(encryption.refusal()).contains("evidence.recipient=***", "secret key");
    assertThat(encryption.describe().toString()).doesNotContain(key.secret().substring(20));
  }

  @Test
  void arrived_notEncrypted_isRefused() throws Exception {
    EvidenceSink.Draft draft =
        Encryption.of(key.recipient()).around(kept).begin(Id.next(CLOCK), Id.next(CLOCK));
    Artifact plain =
        new Artifact(new ArtifactName("heap.hprof.gz"), 1, Digest.of(new byte[1]), "x/y");
    Artifact encrypted =
        new Artifact(new ArtifactName("heap.hprof.gz.age"), 1, Digest.of(new byte[1]), "x/y");

    assertThatThrownBy(() -> draft.arrived(plain)).hasMessageContaining("is not encrypted");
    draft.arrived(encrypted);

    assertThat(draft.artifacts()).containsExactly(encrypted);
  }

  @Test
  void create_nameTooLongForTheSuffix_leavesTheDraftUsable() throws Exception {
    EvidenceSink.Draft draft =
        Encryption.of(key.recipient()).around(kept).begin(Id.next(CLOCK), Id.next(CLOCK));

    assertThatThrownBy(() -> draft.create(new ArtifactName("a".repeat(126)), "text/plain"))
        .isInstanceOf(IllegalArgumentException.class);
    draft.create(new ArtifactName("threads.txt"), "text/plain").close();

    assertThat(draft.artifacts()).hasSize(1);
  }

  @Test
  void startLine_showsTheRecipientOrItsError() {
    assertThat(line("collector.url=http://127.0.0.1:1,evidence.recipient=" + key.recipient()))
        .contains("evidence goes to http://127.0.0.1:1, encrypted to " + key.recipient());
    assertThat(line("collector.url=http://127.0.0.1:1,evidence.recipient=age1xyz"))
        .contains(
            "no evidence is taken", "evidence.recipient=age1xyz", "62 characters, this has 7");
    assertThat(line("collector.url=http://127.0.0.1:1")).doesNotContain("encrypt");
  }

  @Test
  void javaImageWithoutX25519_isReportedWithTheRemedy() throws Exception {
    assumeTrue(
        Runtime.version().feature() < 22, "skipped: from Java 22 on java.base has X25519 itself");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--limit-modules", "java.base"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Refused.class.getName(), key.recipient()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = text(process.getInputStream().readAllBytes());

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output)
        .contains("no evidence is taken", key.recipient(), "add the module jdk.crypto.ec");
  }

  /** Prints why this JVM would refuse to capture evidence. */
  static final class Refused {
    private Refused() {}

    public static void main(String[] recipient) {
      System.out.println(Encryption.of(recipient[0]).refusal());
    }
  }

  private static String line(String arguments) {
    return AgentStarter.line(ConfigLoader.load(arguments, key -> null, key -> null));
  }

  private void capture(Encryption encryption) throws Exception {
    Recipient recipient = encryption.recipient();
    CaptureSealer captureSealer =
        new CaptureSealer(
            AGENT,
            SigningKey.generate(),
            recipient == null ? null : recipient.text(),
            new CaptureSealer.Circumstances(
                List::of, Map::of, () -> null, CaptureSealer.ManifestChain.NONE, List.of()),
            CLOCK);
    AlertReporter alertReporter =
        (alert, capture) -> CompletableFuture.completedFuture(AlertReporter.Verdict.FULL);
    CaptureReports captureReports = new CaptureReports(reports::add);
    CaptureProcedure procedure =
        new CaptureProcedure(
            List.of(new Threads()),
            encryption.around(kept),
            captureSealer,
            new whorl.agent.redact.Redactor(java.util.List.of()),
            alertReporter,
            captureReports,
            Thread::new,
            CLOCK);
    CaptureCoordinator coordinator =
        new CaptureCoordinator(
            ConfigLoader.load("capture.after=1ms,evidence.dir=/evidence", key -> null, key -> null),
            procedure,
            alertReporter,
            captureReports,
            Thread::new,
            CLOCK,
            System::nanoTime);
    coordinator.onRequest(
        new StartCapture(Id.next(CLOCK), List.of("threads"), "curious", null, false));
    coordinator.start();
    assertThat(coordinator.close(Duration.ofSeconds(30), Duration.ofSeconds(30))).isTrue();
  }

  private byte[] decrypted(String name) throws Exception {
    return key.decrypt(kept.contents.get(new ArtifactName(name + ".age")));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static final class Threads implements ArtifactSource {
    @Override
    public String kind() {
      return "threads";
    }

    @Override
    public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
      write(out, "threads.txt", "main " + SECRET);
      write(out, "classes/ab12.class", SECRET.repeat(10_000));
    }

    private static void write(ArtifactOutput out, String name, String content) throws IOException {
      try (OutputStream stream = out.create(new ArtifactName(name), "text/plain")) {
        stream.write(content.getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
