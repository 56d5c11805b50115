package whorl.collector.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  /** Who has the agent's token can send one that is encrypted to somebody else. */
  @Test
  void artifactForAnotherRecipient_keepsBackNoOther() throws Exception {
    byte[] toAnother = AgeFiles.generate().encrypted(new byte[] {1});
    Path capture = Files.createDirectory(folder.resolve("capture"));
    Files.write(capture.resolve("alert.json.age"), toAnother);
    Files.write(capture.resolve("threads.txt.age"), encrypted("threads"));
    AgeIdentity identity =
        AgeIdentity.read(Files.writeString(folder.resolve("key"), key.secret() + "\n"));
    StagedEvidence staged = stage(capture, "work");

    assertThat(Decryption.run(staged, identity)).isEqualTo(1);

    assertThat(staged.artifacts().stream().map(each -> each.name().value()))
        .containsExactly("alert.json.age", "threads.txt", "threads.txt.age");
    assertThat(staged.missing())
        .anySatisfy(
            missing -> {
              assertThat(missing.artifact()).isEqualTo("alert.json");
              assertThat(missing.reason()).contains("encrypted to somebody else");
            });
    Files.delete(capture.resolve("threads.txt.age"));
    StagedEvidence others = stage(capture, "others");
    assertThatThrownBy(() -> Decryption.run(others, identity))
        .isInstanceOf(AgeIdentity.OtherRecipientException.class);
  }

  private StagedEvidence stage(Path capture, String work) throws Exception {
    return LooseFiles.stage(
        LooseFiles.of(capture),
        Files.createDirectory(folder.resolve(work)),
        InstantSource.system());
  }

  private byte[] encrypted(String text) {
    return key.encrypted(text.getBytes(StandardCharsets.UTF_8));
  }
}
