package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.dist.program.Intruder;
import whorl.evidence.Artifact;
import whorl.evidence.Digest;
import whorl.evidence.Json;
import whorl.evidence.Manifest;

/** Evidence for an investigator's eyes alone, from the one jar. */
class EncryptionIT {
  private static final int RUN_SECONDS = 8;
  private static final String SECRET = "a-word-that-nobody-may-read";

  @TempDir Path folder;
  private final KeyPair investigator;

  EncryptionIT() throws Exception {
    investigator = new X25519KeyPairGenerator().generateKeyPair();
  }

  static List<Jdk> jdks() throws Exception {
    return Jdk.installed();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void evidence_withARecipient_isReadByTheSecretKeyAlone(Jdk jdk) throws Exception {
    ChildJvm jvm =
        new ChildJvm(jdk.home())
            .option("-Dsome.word=" + SECRET)
            .variable("WHORL_EVIDENCE_RECIPIENT", text(investigator.getPublic()));

    Kept.Run run = new Kept(folder).run(jvm, Intruder.class);

    assertThat(run.outcome().err().lines())
        .singleElement()
        .asString()
        .endsWith(", encrypted to " + text(investigator.getPublic()));
    Path evidence = run.evidence();
    assertThat(evidence).isNotNull();
    Manifest manifest =
        Json.MAPPER.readValue(evidence.resolve("manifest.json").toFile(), Manifest.class);
    assertThat(manifest.recipient()).isEqualTo(text(investigator.getPublic()));
    assertThat(manifest.artifacts()).hasSizeGreaterThan(5);
    for (Artifact artifact : manifest.artifacts()) {
      Path file = evidence.resolve(artifact.name().value());
      assertThat(artifact.name().isEncrypted()).as(file.toString()).isTrue();
      assertThat(Digest.of(Files.readAllBytes(file))).isEqualTo(artifact.sha256());
      decrypted(file);
    }
    assertThat(text(evidence.resolve("process.json.age"))).contains(SECRET);
    assertThat(text(evidence.resolve("events.ndjson.age"))).contains("whorl.ProcessStart");
    try (Stream<Path> files = Files.walk(evidence).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(content).as(file.toString()).doesNotContain(SECRET);
      }
    }
  }

  @Test
  void evidence_recipientMistyped_isNotTakenAndTheAppGoesOn() throws Exception {
    String right = text(investigator.getPublic());
    char last = right.charAt(right.length() - 1);
    String mistyped = right.substring(0, right.length() - 1) + (last == 'q' ? 'p' : 'q');

    // The same with the right one, so that there would have been something to take.
    assertThat(runWith(right, "right").err()).contains("encrypted to");
    assertThat(folder.resolve("right/kept")).isNotEmptyDirectory();
    ChildJvm.Outcome outcome = runWith(mistyped, "mistyped");

    assertThat(outcome.exitStatus()).isZero();
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .contains("no evidence is taken", "evidence.recipient=" + mistyped, "mistyped");
    assertThat(folder.resolve("mistyped/kept"))
        .satisfiesAnyOf(
            kept -> assertThat(kept).doesNotExist(), kept -> assertThat(kept).isEmptyDirectory());
  }

  /** For long enough, as the one with the right recipient shows. */
  private ChildJvm.Outcome runWith(String recipient, String name) throws Exception {
    Path work = Files.createDirectories(folder.resolve(name).resolve("work"));
    Path own = Files.createDirectories(folder.resolve(name).resolve("own"));
    Executor later = CompletableFuture.delayedExecutor(RUN_SECONDS, TimeUnit.SECONDS);
    CompletableFuture<Path> end =
        CompletableFuture.supplyAsync(() -> create(work.resolve("done")), later);
    ChildJvm.Outcome outcome =
        new ChildJvm(Path.of(System.getProperty("java.home")))
            .withAgent()
            .variable("WHORL_RECORDING_DIR", own.toString())
            .variable("WHORL_EVIDENCE_DIR", folder.resolve(name).resolve("kept").toString())
            .variable("WHORL_EVIDENCE_RECIPIENT", recipient)
            .variable("WHORL_CAPTURE_AFTER", "1s")
            .run(Intruder.class, work.toString());
    assertThat(end).isCompleted();
    return outcome;
  }

  private static Path create(Path file) {
    try {
      return Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] decrypted(Path file) throws Exception {
    try (ReadableByteChannel plain =
        new StandardDecryptingChannelFactory()
            .newDecryptingChannel(
                Files.newByteChannel(file),
                List.of(
                    X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(
                        text(investigator.getPrivate()))))) {
      return Channels.newInputStream(plain).readAllBytes();
    }
  }

  private String text(Path file) throws Exception {
    return new String(decrypted(file), StandardCharsets.UTF_8);
  }

  /** The library's keys encode themselves as age writes them. */
  private static String text(Key key) {
    return new String(key.getEncoded(), StandardCharsets.US_ASCII);
  }
}
