package whorl.collector.fleet.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.testkit.EachEngine;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.SigningKey;
import whorl.evidence.VerifyingKey;

class EnrolmentCustodyTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir Path root;

  @Test
  void firstKey_isPermanent_evenIfTheDatabaseIsLost() throws IOException {
    AgentIdentity agent = agent();
    String first = SigningKey.generate().publicKey();
    String second = SigningKey.generate().publicKey();
    Digest expected = new Digest(VerifyingKey.of(first).keyId());
    try (Opened opened = new Opened(root)) {
      assertThat(opened.ledger.find(agent.id())).isNull();
      opened.enrolments.enrolled(agent, first);
      assertThatThrownBy(() -> opened.enrolments.enrolled(agent, second))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("connect again");
      assertThat(opened.ledger.keyId(agent.id())).isEqualTo(expected);
    }
    for (String file : List.of("catalog.db", "catalog.db-wal", "catalog.db-shm")) {
      Files.deleteIfExists(root.resolve(file));
    }

    try (Opened opened = new Opened(root)) {
      assertThat(opened.ledger.keyId(agent.id())).isEqualTo(expected);
      opened.enrolments.enrolled(agent(), second);
    }
    try (Opened opened = new Opened(root)) {
      assertThat(opened.ledger.keyId(agent.id())).isEqualTo(expected);
    }
  }

  @Test
  void twoKeysAtTheSameMoment_areOneKey_withOneEntry() throws Exception {
    try (Opened opened = new Opened(root)) {
      for (int round = 0; round < 5; round++) {
        AgentIdentity agent = agent();
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          String key = SigningKey.generate().publicKey();
          all.add(
              () -> {
                try {
                  opened.enrolments.enrolled(agent, key);
                  return VerifyingKey.of(key).keyId();
                } catch (IOException refused) {
                  return "refused";
                }
              });
        }

        List<String> winners =
            EachEngine.atOnce(all).stream().filter(key -> !key.equals("refused")).toList();

        assertThat(winners).containsExactly(opened.ledger.keyId(agent.id()).hex());
        assertThat(opened.custody.size()).isEqualTo(round + 1L);
        assertThat(opened.ledger.find(agent.id()).sequence()).isEqualTo(round);
      }
    }
  }

  @Test
  void collectorThatDiedBeforeTheEntry_isCompleted() throws IOException {
    AgentIdentity agent = agent();
    Digest key = new Digest(VerifyingKey.of(SigningKey.generate().publicKey()).keyId());
    try (Opened opened = new Opened(root)) {
      opened.ledger.claim(agent.id(), key);
      opened.enrolments.recordPending(Duration.ofHours(1));
      assertThat(opened.custody.size()).as("it may be under way").isZero();

      opened.enrolments.recordPending(Duration.ZERO);
      opened.enrolments.recordPending(Duration.ZERO);

      assertThat(opened.custody.size()).isEqualTo(1);
      assertThat(opened.ledger.find(agent.id()).sequence()).isZero();
    }
  }

  /** Opens the ledger and the log, like the start of the collector. */
  private static final class Opened implements AutoCloseable {
    private final Database database;
    private final CustodyLog custody;
    private final EnrolmentLedger ledger;
    private final EnrolmentCustody enrolments;

    Opened(Path root) throws IOException {
      DataFolder folder = new DataFolder(root);
      database = SqliteDatabase.open(folder.catalog());
      ledger = new EnrolmentLedger(database);
      EnrolmentCustody.LedgerUpdate filling = new EnrolmentCustody.LedgerUpdate(ledger);
      custody = CustodyLog.open(folder, Disk.LOCAL, CLOCK, List.of(), filling::entry);
      filling.end();
      enrolments = new EnrolmentCustody(custody, ledger);
    }

    @Override
    public void close() throws IOException {
      custody.close();
      database.close();
    }
  }

  private static AgentIdentity agent() {
    return new AgentIdentity(
        Id.next(CLOCK), "shop", null, Map.of(), null, null, null, null, 1, "a JVM", "0.1.0");
  }
}
