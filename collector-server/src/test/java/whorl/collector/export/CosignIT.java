package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.evidence.Envelope;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.Statement;

/**
 * Checks the signature with Sigstore's cosign: it reads the DSSE envelope and the in-toto
 * statement, verifies the signature with the agent's public key, and an artifact against the
 * statement.
 */
class CosignIT {
  private static final Path COSIGN = Path.of("/usr/bin/cosign");

  @TempDir Path folder;

  private Path bag;
  private Path key;

  /** The output of cosign. */
  private record Outcome(int status, String output) {}

  @BeforeEach
  void unpack() throws Exception {
    assumeThat(COSIGN).as("Sigstore's cosign (package cosign)").isExecutable();
    bag = SealedBag.unpack(folder);
    key = SealedBag.key(bag);
  }

  @Test
  void everyArtifact_isVerified() throws Exception {
    for (String artifact : SealedBag.ARTIFACTS) {
      assertVerified(artifact);
    }
    assertVerified("manifest.json");
  }

  @Test
  void flippedBitOfAnArtifact_fails() throws Exception {
    SealedBag.flip(artifact("recording.jfr"));

    assertRefused("recording.jfr", "no matching subject digest");
    assertVerified("threads.txt");
  }

  @Test
  void alteredStatement_fails() throws Exception {
    Envelope envelope = envelope();
    String payload = new String(envelope.payloadBytes(), StandardCharsets.UTF_8);
    rewrite(
        new Envelope(
            base64(payload.replace("threads.txt", "threads.tyt")),
            envelope.payloadType(),
            envelope.signatures()));

    assertRefused("recording.jfr", "signature");
  }

  @Test
  void signatureOfAnotherKey_fails() throws Exception {
    rewrite(SigningKey.generate().sign(envelope().payloadBytes()));

    assertRefused("recording.jfr", "signature");
  }

  private void assertVerified(String artifact) throws Exception {
    Outcome outcome = cosign(artifact);
    assertThat(outcome.status()).as(artifact + ": " + outcome.output()).isZero();
    assertThat(outcome.output()).contains("Verified OK");
  }

  private void assertRefused(String artifact, String why) throws Exception {
    Outcome outcome = cosign(artifact);
    assertThat(outcome.status()).as(outcome.output()).isNotZero();
    assertThat(outcome.output()).contains(why).doesNotContain("Verified OK");
  }

  private Outcome cosign(String artifact) throws IOException, InterruptedException {
    Path output = folder.resolve("said.txt");
    Process cosign =
        new ProcessBuilder(
                List.of(
                    COSIGN.toString(),
                    "verify-blob-attestation",
                    "--key=" + key,
                    "--signature=" + artifact("manifest.dsse.json"),
                    "--type=" + Statement.PREDICATE_TYPE,
                    // keys like this one are not in the transparency log
                    "--insecure-ignore-tlog=true",
                    "--new-bundle-format=false", // the default before cosign 3
                    artifact(artifact).toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(cosign.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(cosign.exitValue(), Files.readString(output));
  }

  private Path artifact(String name) {
    return bag.resolve("data").resolve(name);
  }

  private Envelope envelope() throws IOException {
    return Json.MAPPER.readValue(
        Files.readAllBytes(artifact("manifest.dsse.json")), Envelope.class);
  }

  private void rewrite(Envelope envelope) throws IOException {
    Files.write(artifact("manifest.dsse.json"), Json.bytes(envelope));
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
