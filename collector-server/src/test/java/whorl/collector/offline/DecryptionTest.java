package whorl.collector.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.receive.bag.StagedEvidence;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.testkit.AgeFiles;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.ArtifactName;
import whorl.evidence.Missing;

class DecryptionTest {
  @TempDir private Path folder;
  private final AgeFiles key = AgeFiles.generate();

  /** A recipient is no secret, so an intruder can encrypt to it. */
  @Test
  void encryptedArtifact_replacesNoOther() throws Exception {
    Path capture = Files.createDirectory(folder.resolve("capture"));
    Files.writeString(capture.resolve("threads.txt"), "what was there");
    Files.write(capture.resolve("threads.txt.age"), encrypted("what an intruder wants"));
    Files.write(capture.resolve("Threads.txt.age"), encrypted("what an intruder wants"));
    Files.write(capture.resolve("events.ndjson.age"), encrypted("{}"));
    StagedEvidence staged =
        LooseFiles.stage(
            LooseFiles.of(capture),
            Files.createDirectory(folder.resolve("work")),
            InstantSource.system());
    Path secret = Files.writeString(folder.resolve("key"), key.secret() + "\n");

    int decrypted = Decryption.run(staged, AgeIdentity.read(secret));

    assertThat(decrypted).isEqualTo(1);
    assertThat(staged.artifacts().stream().map(each -> each.name().value()))
        .containsExactlyInAnyOrder(
            "threads.txt",
            "threads.txt.age",
            "Threads.txt.age",
            "events.ndjson",
            "events.ndjson.age");
    StoredArtifact threads =
        staged.artifacts().stream()
            .filter(each -> each.name().value().equals("threads.txt"))
            .findFirst()
            .orElseThrow();
    assertThat(staged.file(threads)).hasContent("what was there");
    assertThat(staged.missing().stream().map(Missing::artifact))
        .contains("threads.txt.age", "Threads.txt.age");
  }

  @Test
  void artifactThatNoAgentSigned_isNotSignedWhenItIsDecrypted_either() throws Exception {
    FakeAgent agent = new FakeAgent().with("threads.txt.age", encrypted("threads")).seal();
    Path capture = Files.createDirectory(folder.resolve("capture"));
    Files.write(capture.resolve("manifest.json"), agent.manifestJson());
    Files.write(capture.resolve("manifest.dsse.json"), agent.envelopeJson());
    Files.write(
        capture.resolve("threads.txt.age"),
        agent.artifacts.get(new ArtifactName("threads.txt.age")));
    Files.write(capture.resolve("events.ndjson.age"), encrypted("what an intruder wants"));
    StagedEvidence staged =
        LooseFiles.stage(
            LooseFiles.of(capture),
            Files.createDirectory(folder.resolve("work")),
            InstantSource.system());
    Path secret = Files.writeString(folder.resolve("key"), key.secret() + "\n");

    assertThat(Decryption.run(staged, AgeIdentity.read(secret))).isEqualTo(2);

    assertThat(staged.artifacts().stream().filter(StoredArtifact::unlisted))
        .extracting(each -> each.name().value())
        .containsExactlyInAnyOrder("events.ndjson", "events.ndjson.age");
  }

  private byte[] encrypted(String text) {
    return key.encrypted(text.getBytes(StandardCharsets.UTF_8));
  }
}
