package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.proof.TimeStamp;
import whorl.collector.custody.verify.Anchors;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.Id;

/** Checkpoints stamped by openssl's authority: openssl and we accept and refuse the same ones. */
class TimeStampTest {
  private static final Id ONE = new Id("evidence-one");

  @TempDir Path root;
  private DataFolder folder;
  private OpensslAuthority authority;
  private FolderLog published;
  private CustodyLog log;
  private LogPublisher publisher;

  @BeforeEach
  void open() throws Exception {
    authority = OpensslAuthority.start(Files.createDirectory(root.resolve("tsa")));
    UnforcedDisk disk = new UnforcedDisk();
    folder = new DataFolder(root.resolve("data"));
    Files.createDirectories(folder.evidence());
    published = new FolderLog(folder, disk);
    log = CustodyLog.open(folder, disk, InstantSource.system());
    publisher =
        new LogPublisher(
            log, published, LogKey.open(folder, disk), Turn.ALWAYS, InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    authority.close();
  }

  @Test
  void checkpoint_isStamped_andOpensslVerifiesIt() throws Exception {
    try (CheckpointOutbox outbox = CheckpointOutbox.authority(authority.url(), published)) {
      publisher.addListener(outbox);
      append(3);
      publisher.publish();
    }

    Stamped stamped = published.stamped(3);
    assertThat(stamped).isNotNull();
    assertThat(authority.verifies(stamped.checkpoint().bytes(), stamped.response())).isTrue();
    TimeStamp stamp = TimeStamp.parse(stamped.response());
    assertThat(stamp.time())
        .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(9));
    assertThat(stamp.authority()).isEqualTo("CN=Test stamps");
    append(2);
    LogProof proof = publisher.proof(log.located(ONE));
    assertThat(proof.stamped()).isNotNull();
    assertThat(proof.paths().consistency()).extracting(LogProof.Consistency::from).contains(3L);

    assertThat(verify(authority.ca()).problems()).isEmpty();
    assertThat(verify(authority.ca()).notes())
        .anyMatch(note -> note.startsWith("the first 3 entries of custody existed at "));
    assertThat(verify(null).notes())
        .anyMatch(note -> note.endsWith("its certificate chain was not checked (--tsa-ca)"));
  }

  @Test
  void forgedStamps_areNamed() throws Exception {
    append(3);
    publisher.publish();
    SignedCheckpoint checkpoint = publisher.checkpoint();
    byte[] right = authority.stamp(checkpoint.bytes());
    byte[] ofOther = authority.stamp("something else".getBytes());

    stamp(checkpoint, ofOther);
    assertThat(verify(null).problems())
        .containsExactly("custody/stamps/3.tsr: the time stamp is of other bytes");
    assertThat(authority.verifies(checkpoint.bytes(), ofOther)).isFalse();

    byte[] flipped = right.clone();
    flipped[flipped.length - 10] ^= 1;
    stamp(checkpoint, flipped);
    assertThat(verify(null).problems())
        .anyMatch(problem -> problem.contains("the time stamp's signature is wrong"));
    assertThat(authority.verifies(checkpoint.bytes(), flipped)).isFalse();

    stamp(checkpoint, new byte[] {1, 2, 3});
    assertThat(verify(null).problems())
        .anyMatch(problem -> problem.startsWith("custody/stamps/3.tsr: no time stamp"));

    stamp(checkpoint, right);
    assertThat(verify(authority.ca()).problems()).isEmpty();
    OpensslAuthority other = OpensslAuthority.start(Files.createDirectory(root.resolve("other")));
    other.close();
    assertThat(verify(other.ca()).problems())
        .anyMatch(problem -> problem.contains("the time stamp is not from a trusted authority"));
  }

  @Test
  void stampOfACheckpointThatIsNotOfThisLog_isNamed() throws Exception {
    append(3);
    publisher.publish();
    SignedCheckpoint other =
        SignedCheckpoint.sign(3, publisher.checkpoint().root(), LogKey.make(new SecureRandom()));
    stamp(other, authority.stamp(other.bytes()));

    assertThat(verify(authority.ca()).problems())
        .anyMatch(
            problem -> problem.contains("3.checkpoint is not signed with the key of this log"));
  }

  @Test
  void authorityThatAnswersRubbish_isAFailure() throws Exception {
    append(1);
    publisher.publish();
    TimeStampAuthority rubbish =
        new TimeStampAuthority(java.net.URI.create("http://127.0.0.1:1/?secret=x"), published);
    assertThatThrownBy(() -> rubbish.put(publisher.checkpoint()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("http://127.0.0.1:1")
        .hasMessageNotContaining("secret");
    assertThat(published.stampedSizes(9)).isEmpty();
  }

  private void stamp(SignedCheckpoint checkpoint, byte[] response) throws IOException {
    published.stamp(new Stamped(checkpoint, response));
  }

  private void append(int entries) throws IOException {
    for (int i = 0; i < entries; i++) {
      log.append(CustodyAction.EXPORTED, ONE, "token viewer", Map.of("n", "" + i));
    }
  }

  private VerificationReport verify(@org.jspecify.annotations.Nullable Path ca) throws IOException {
    return new OfflineVerifier(InstantSource.system())
        .verify(folder.root(), Anchors.read(List.of(), ca));
  }
}
