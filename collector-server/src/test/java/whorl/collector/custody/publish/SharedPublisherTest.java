package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.Proofs;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TilePath;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.testkit.DelegatingObjects;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

/** Two collectors publish one log, one at a time. */
@ParameterizedClass
@EnumSource
class SharedPublisherTest {
  private static final Id ONE = new Id("evidence-one");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private final MemoryObjects objects = new MemoryObjects();
  private final SignerKey key = LogKey.make(new SecureRandom());
  private final AtomicLong firstTurn = new AtomicLong(1);
  private final AtomicLong secondTurn = new AtomicLong(-1);
  private TestDatabase data;
  private Database database;
  private CustodyLog log;
  private LogPublisher first;
  private LogPublisher second;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    log =
        CustodyLog.shared(
            database, InstantSource.system(), CustodyAction.ENROLLED, -1, entry -> {});
    first = publisher(firstTurn);
    second = publisher(secondTurn);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

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
  void rowsCutOff_areNamed_andNothingIsSigned() throws Exception {
    append(30);
    first.publish();
    database.update("DELETE FROM custody_entries WHERE sequence >= 20");
    database.update("UPDATE custody_head SET next = 20 WHERE id = 1");
    first.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("the last ones are missing"));
    append(30);
    first.publish();
    assertThat(first.checkpoint().size()).isEqualTo(30);
  }

  @Test
  void databaseRestoredFromAnOlderBackup_isNamed_andTheLaterCheckpointStays() throws Exception {
    append(20);
    first.publish();
    byte[] then = first.checkpoint().bytes();
    append(10);
    first.publish();
    byte[] shown = objects.objects.get("custody/checkpoint");
    database.update("DELETE FROM custody_entries WHERE sequence >= 20");
    database.update(
        "UPDATE custody_head SET next = 20, hash = (SELECT hash FROM custody_entries WHERE sequence"
            + " = 19) WHERE id = 1");
    database.update("UPDATE custody_published SET size = 20, checkpoint = ?", then);

    secondTurn.set(2);
    second.publish();
    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("the last ones are missing"));
    append(30);
    second.publish();
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(shown);

    log.acknowledge("token admin", "restored from the backup of the day before");
    second.publish();
    assertThat(second.checkpoint().size()).isEqualTo(51);
    append(1);
    second.publish();
    assertThat(objects.objects.get("custody/checkpoint"))
        .isEqualTo(second.checkpoint().bytes())
        .isNotEqualTo(shown);
    assertThat(log.doubts()).isEmpty();
  }

  /** Else who has the database's password could cut off entries without a trace. */
  @Test
  void databaseSetBackWithinATurn_isNamed_andTheLaterCheckpointStays() throws Exception {
    append(20);
    first.publish();
    byte[] then = first.checkpoint().bytes();
    append(10);
    first.publish();
    byte[] shown = objects.objects.get("custody/checkpoint");
    database.update("DELETE FROM custody_entries WHERE sequence >= 20");
    database.update(
        "UPDATE custody_head SET next = 20, hash = (SELECT hash FROM custody_entries WHERE sequence"
            + " = 19) WHERE id = 1");
    database.update("UPDATE custody_published SET size = 20, checkpoint = ?", then);
    append(1);
    first.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("the last ones are missing"));
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(shown);

    database.update("DELETE FROM custody_doubts");
    first.publish();
    assertThat(log.doubts()).as("nobody has accepted the log").isNotEmpty();
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(shown);

    log.acknowledge("token admin", "restored from a backup");
    first.publish();
    assertThat(first.checkpoint().size()).isEqualTo(22);
    append(1);
    first.publish();
    assertThat(log.doubts()).isEmpty();
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(first.checkpoint().bytes());
  }

  /** A database is restored from one backup, and then from an older one. */
  @Test
  void databaseSetBackTwice_canBeAccepted() throws Exception {
    append(20);
    first.publish();
    append(10);
    first.publish();
    setBackTo(25);
    first.publish();
    setBackTo(15);
    first.publish();
    assertThat(log.doubts()).isNotEmpty();

    log.acknowledge("token admin", "restored from a backup");
    first.publish();

    assertThat(log.doubts()).isEmpty();
    assertThat(first.checkpoint().size()).isEqualTo(16);
  }

  /** What a person accepted at one collector is no reason to accept what is cut off later. */
  @Test
  void databaseSetBackAfterAnotherCollectorsLogWasAccepted_isNamed() throws Exception {
    CustodyLog other =
        CustodyLog.shared(
            database, InstantSource.system(), CustodyAction.ENROLLED, -1, entry -> {});
    LogPublisher elsewhere = publisher(other, secondTurn);
    append(30);
    first.publish();
    setBackTo(20);
    first.publish();
    firstTurn.set(-1);
    secondTurn.set(2);
    first.publish();
    elsewhere.publish();
    other.acknowledge("token admin", "restored from a backup");
    elsewhere.publish();
    append(9);
    elsewhere.publish();
    assertThat(elsewhere.checkpoint().size()).isEqualTo(30);
    assertThat(log.doubts()).isEmpty();
    byte[] shown = objects.objects.get("custody/checkpoint");

    setBackTo(25);
    secondTurn.set(-1);
    firstTurn.set(3);
    first.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("the last ones are missing"));
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(shown);
  }

  private void setBackTo(int entries) throws IOException {
    database.update("DELETE FROM custody_entries WHERE sequence >= " + entries);
    database.update(
        "UPDATE custody_head SET next = "
            + entries
            + ", hash = (SELECT hash FROM custody_entries WHERE sequence = "
            + (entries - 1)
            + ") WHERE id = 1");
  }

  /** A checkpoint alone that is behind takes nothing away. */
  @Test
  void checkpointSetBackWithinATurn_isContinued() throws Exception {
    append(20);
    first.publish();
    byte[] then = first.checkpoint().bytes();
    append(10);
    first.publish();
    database.update("UPDATE custody_published SET size = 20, checkpoint = ?", then);
    append(1);
    first.publish();

    assertThat(log.doubts()).isEmpty();
    assertThat(first.checkpoint().size()).isEqualTo(31);
  }

  @Test
  void databaseRestoredAndContinuedElsewhere_isNamed() throws Exception {
    append(20);
    first.publish();
    database.update(
        "UPDATE custody_entries SET line = ? WHERE sequence = 7", log.lines(8, 1).get(0).bytes());
    database.update("DELETE FROM custody_published");

    secondTurn.set(2);
    second.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("entries were changed"));
  }

  @Test
  void objectOfAnotherLog_isNamed_andNotReplaced() throws Exception {
    LogPublisher other =
        new LogPublisher(
            log,
            new ObjectLog(objects, database, InstantSource.system()),
            LogKey.make(new SecureRandom()),
            () -> OptionalLong.of(1),
            InstantSource.system());
    append(2);
    other.publish();
    byte[] shown = objects.objects.get("custody/checkpoint");
    database.update("DELETE FROM custody_published");
    secondTurn.set(2);
    second.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("is not signed with this log's key"));
    assertThat(objects.objects.get("custody/checkpoint")).isEqualTo(shown);
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
  void rowChangedLater_isNamed() throws Exception {
    append(300);
    first.publish();
    database.update(
        "UPDATE custody_entries SET line = ? WHERE sequence = 270",
        log.lines(269, 1).get(0).bytes());
    first.publish();
    assertThat(log.doubts()).as("the first tile is right").isEmpty();
    first.publish();

    assertThat(log.doubts()).anyMatch(doubt -> doubt.contains("entries were changed"));
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

  private void append(int entries) throws IOException {
    for (int i = 0; i < entries; i++) {
      log.append(
          CustodyAction.EXPORTED,
          i % 5 == 0 ? ONE : new Id("evidence-two"),
          "token viewer",
          Map.of("n", "" + i));
    }
  }

  private LogPublisher publisher(AtomicLong turn) {
    return publisher(log, turn);
  }

  private LogPublisher publisher(CustodyLog custody, AtomicLong turn) {
    return new LogPublisher(
        custody,
        new ObjectLog(objects, database, InstantSource.system()),
        key,
        () -> turn.get() < 0 ? OptionalLong.empty() : OptionalLong.of(turn.get()),
        InstantSource.system());
  }
}
