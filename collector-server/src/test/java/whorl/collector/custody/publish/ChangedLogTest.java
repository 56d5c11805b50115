package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;

/** A shared log that was changed or cut off is named, and no later checkpoint is lost. */
class ChangedLogTest extends SharedLogFixture {
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
    setBackTo(20);
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
    setBackTo(20);
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
}
