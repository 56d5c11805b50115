package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.testkit.DelegatingObjects;

/** Two collectors publish one log, one at a time. */
class SharedPublisherTest extends SharedLogFixture {
  @Test
  void turnsChange_andTheTreeGoesOn() throws Exception {
    SignedCheckpoint before = null;
    for (int round = 0; round < 8; round++) {
      append(97);
      first.publish();
      second.publish();
      SignedCheckpoint now = first.checkpoint();
      assertThat(now.size()).isEqualTo(97L * (round + 1));
      assertThat(now.isSignedBy(key.verifier())).isTrue();
      assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(now.bytes());
      if (before != null) {
        assertThat(
                Proofs.isConsistent(
                    before.size(),
                    before.root(),
                    now.size(),
                    now.root(),
                    new ProofMaker(second.tiles(), now.size())
                        .consistency(before.size(), now.size())))
            .isTrue();
      }
      before = now;
      boolean firstsTurn = round % 2 == 1;
      firstTurn.set(firstsTurn ? 10 + round : -1);
      secondTurn.set(firstsTurn ? -1 : 10 + round);
    }
    assertThat(objects.objects.keySet().stream().filter(each -> each.contains(".p/"))).hasSize(3);
    assertThat(Tile.leaves(objects.objects.get("custody/" + new TilePath(-1, 1, 256).path())))
        .hasSize(256);
  }

  @Test
  void publisherWhoseLeaseHasEnded_replacesNothing() throws Exception {
    append(3);
    first.publish();
    append(3);
    secondTurn.set(7);
    second.publish();
    append(3);
    first.publish();

    assertThat(first.checkpoint().size()).isEqualTo(6);
    second.publish();
    assertThat(first.checkpoint().size()).isEqualTo(9);
    assertThat(log.doubts()).isEmpty();
  }

  /** It published its row, stood still, and put its object when another had gone on. */
  @Test
  void publisherThatPutsItsCheckpointLate_leavesTheLastOneThere() throws Exception {
    append(3);
    ObjectStore late =
        new DelegatingObjects(objects) {
          private boolean stoodStill;

          @Override
          public void put(String key, byte[] content) throws IOException {
            if (key.equals("custody/checkpoint") && !stoodStill) {
              stoodStill = true;
              append(3);
              secondTurn.set(7);
              second.publish();
            }
            super.put(key, content);
          }
        };
    new LogPublisher(
            log,
            new ObjectLog(late, database, InstantSource.system()),
            key,
            () -> OptionalLong.of(1),
            InstantSource.system())
        .publish();

    assertThat(second.checkpoint().size()).isEqualTo(6);
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(second.checkpoint().bytes());
  }

  @Test
  void checkpointThatCouldNotBePut_isPutWhenNothingIsNew() throws Exception {
    append(3);
    first.publish();
    append(1);
    ObjectStore failing =
        new DelegatingObjects(objects) {
          @Override
          public void put(String key, byte[] content) throws IOException {
            if (key.equals("custody/checkpoint")) {
              throw new IOException("away");
            }
            super.put(key, content);
          }
        };
    LogPublisher broken =
        new LogPublisher(
            log,
            new ObjectLog(failing, database, InstantSource.system()),
            key,
            () -> OptionalLong.of(1),
            InstantSource.system());
    assertThatThrownBy(broken::publish).hasMessageContaining("away");

    first.publish();

    assertThat(first.checkpoint().size()).isEqualTo(4);
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(first.checkpoint().bytes());
  }

  @Test
  void storeAway_publishesNothing_andGoesOnLater() throws Exception {
    append(300);
    first.publish();
    append(300);
    objects.away.set(true);
    assertThatThrownBy(first::publish).hasMessageContaining("cannot be reached");
    assertThat(first.checkpoint().size()).isEqualTo(300);
    objects.away.set(false);
    first.publish();

    LogProof proof = second.proof(log.located(ONE));
    assertThat(proof.checkpoint().size()).isEqualTo(600);
    List<LogLine> lines = log.located(ONE);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(
              Proofs.isIncluded(
                  lines.get(i).leafHash(),
                  lines.get(i).index(),
                  600,
                  proof.paths().inclusion().get(i).path(),
                  proof.checkpoint().root()))
          .isTrue();
    }
  }

  @Test
  void earlierPartialTiles_areStillAnswered() throws Exception {
    append(300);
    first.publish();
    byte[] then = first.tiles().read(TilePath.parse("tile/0/001.p/44"));
    append(290);
    first.publish();

    assertThat(first.tiles().read(TilePath.parse("tile/0/001.p/44"))).isEqualTo(then);
    assertThat(Tile.leaves(first.tiles().read(TilePath.parse("tile/entries/002.p/7")))).hasSize(7);
    assertThatThrownBy(() -> first.tiles().read(TilePath.parse("tile/0/002.p/79")))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
  }

  @Test
  void objectThatIsBehind_isReplacedByTheNext() throws Exception {
    append(300);
    first.publish();
    byte[] behind = objects.objects.get("custody/checkpoint");
    append(3);
    first.publish();
    objects.objects.put("custody/checkpoint", behind);
    append(3);
    firstTurn.set(-1);
    secondTurn.set(2);
    second.publish();

    assertThat(log.doubts()).isEmpty();
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(second.checkpoint().bytes());
  }

  @Test
  void tileLostLater_isWrittenAgain() throws Exception {
    append(300);
    first.publish();
    byte[] lost = objects.objects.remove("custody/tile/0/000");
    first.publish();

    assertThat(objects.objects.get("custody/tile/0/000")).isEqualTo(lost);
    assertThat(log.doubts()).isEmpty();
  }
}
