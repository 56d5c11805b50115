package whorl.collector.custody.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.EndLedger;
import whorl.collector.testkit.FaultyDisk;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;

class CustodyLogTest {
  private static final Id ONE = new Id("evidence-one");
  private static final Id TWO = new Id("evidence-two");

  @TempDir Path root;

  @Test
  void append_chainsTwice() throws Exception {
    try (CustodyLog log = open()) {
      CustodyEntry first = append(log, ONE);
      CustodyEntry second = append(log, TWO);
      CustodyEntry third = append(log, ONE);
      CustodyEntry fourth = append(log, null);

      assertThat(first.prev()).isNull();
      assertThat(first.prevOfEvidence()).isNull();
      assertThat(second.prev()).isEqualTo(first.hash());
      assertThat(second.prevOfEvidence()).isNull();
      assertThat(third.prev()).isEqualTo(second.hash());
      assertThat(third.prevOfEvidence()).isEqualTo(first.hash());
      assertThat(fourth.sequence()).isEqualTo(3);
      assertThat(log.entries(ONE)).containsExactly(first, third);
    }
  }

  @Test
  void append_several_chainsThemToOneAnother() throws Exception {
    try (CustodyLog log = open()) {
      append(log, ONE);
      List<CustodyEntry> entries =
          log.append(
              List.of(
                  new CustodyLog.Draft(CustodyAction.RECEIVED, ONE, "a", Map.of()),
                  new CustodyLog.Draft(CustodyAction.SEALED, ONE, "a", Map.of("k", "a\nb=\\"))));

      assertThat(entries.get(1).prevOfEvidence()).isEqualTo(entries.get(0).hash());
      assertThat(log.entries(ONE)).hasSize(3).allMatch(CustodyEntry::intact);
    }
  }

  /** As a change of a case, which appends to custody within its transaction. */
  @Test
  @Timeout(30)
  void end_isRememberedWithoutTheLogsLock_soAThreadThatHasTheDatabaseCanAppend() throws Exception {
    Database database = SqliteDatabase.open(root.resolve("ends.db"));
    try (CustodyLog log =
        CustodyLog.open(
            new DataFolder(root),
            Disk.LOCAL,
            InstantSource.system(),
            List.of(new EndLedger(database, "ends.db")),
            entry -> {})) {
      append(log, ONE);
      Thread remembering =
          new Thread(
              () -> {
                try {
                  log.rememberEnd();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      database.inTransaction(
          () -> {
            remembering.start();
            await()
                .until(
                    () ->
                        Set.of(
                                Thread.State.BLOCKED,
                                Thread.State.WAITING,
                                Thread.State.TIMED_WAITING)
                            .contains(remembering.getState()));
            return append(log, ONE);
          });
      remembering.join();

      assertThat(log.entries(ONE)).hasSize(2);
    }
    database.close();
  }

  @Test
  void reopened_continuesTheChain() throws Exception {
    try (CustodyLog log = open()) {
      append(log, ONE);
    }
    try (CustodyLog log = open()) {
      CustodyEntry next = append(log, ONE);

      assertThat(next.sequence()).isEqualTo(1);
      assertThat(next.prevOfEvidence()).isEqualTo(log.entries(ONE).get(0).hash());
      assertThat(log.problems()).isEmpty();
    }
  }

  @Test
  void incompleteLastLine_isRemovedAndRecorded() throws Exception {
    try (CustodyLog log = open()) {
      append(log, ONE);
      append(log, ONE);
    }
    byte[] whole = Files.readAllBytes(file());
    int second = new String(whole, java.nio.charset.StandardCharsets.UTF_8).indexOf('\n') + 1;
    for (int length = second + 1; length < whole.length; length += 7) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));

      try (CustodyLog log = open()) {
        assertThat(log.problems()).isEmpty();
        assertThat(log.entries(ONE)).hasSize(1);
        assertThat(log.size()).isEqualTo(2);
      }
      CustodyEntry repair = Json.MAPPER.readValue(lines().get(1), CustodyEntry.class);
      assertThat(repair.action()).isEqualTo("mended");
      assertThat(repair.detail()).containsEntry("cutBytes", Integer.toString(length - second));
    }
  }

  @Test
  void damageInTheMiddle_isReportedAndDoesNotStopTheLog() throws Exception {
    try (CustodyLog log = open()) {
      append(log, ONE);
      append(log, TWO);
      append(log, ONE);
    }
    List<String> lines = lines();
    lines.set(1, lines.get(1).replace("evidence-two", "evidence-six"));
    Files.write(file(), lines);

    try (CustodyLog log = open()) {
      assertThat(log.problems())
          .anyMatch(problem -> problem.contains("line 2: entry 1: its hash is not"));
      append(log, TWO);
      assertThat(log.size()).isEqualTo(4);
    }
  }

  @Test
  void lineWithoutEnd_isNotReadIntoMemory() throws Exception {
    try (CustodyLog log = open()) {
      append(log, ONE);
    }
    Files.write(file(), new byte[5 << 20], StandardOpenOption.APPEND);
    Files.write(file(), new byte[] {'\n'}, StandardOpenOption.APPEND);

    try (CustodyLog log = open()) {
      assertThat(log.problems()).containsExactly("custody.ndjson line 2: is no custody entry");
      append(log, ONE);
    }
    try (CustodyLog log = open()) {
      assertThat(log.entries(ONE)).hasSize(2);
    }
  }

  @Test
  void diskFailure_leavesNoPartOfTheEntry_andTheNextOneIsWhole() throws Exception {
    int change = 1;
    boolean reached = false;
    while (!reached) {
      Path folder = Files.createDirectory(root.resolve("c" + change));
      FaultyDisk disk = FaultyDisk.failingAt(change);
      try (CustodyLog log = CustodyLog.open(new DataFolder(folder), disk, InstantSource.system())) {
        for (int i = 0; i < 3; i++) {
          try {
            append(log, ONE);
          } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
          }
        }
        reached = !disk.stopped();
      } catch (IOException refusedToOpen) {
        assertThat(change).isLessThan(6);
      }
      try (CustodyLog log = open(folder, Disk.LOCAL)) {
        assertThat(log.problems()).as("change %d", change).isEmpty();
        assertThat(log.entries(ONE).size()).isEqualTo((int) log.size());
      }
      change++;
    }
    assertThat(change).isGreaterThan(8);
  }

  @Test
  void manyThreads_oneChain() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try (CustodyLog log = open()) {
      List<Future<CustodyEntry>> entries = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Id id = i % 2 == 0 ? ONE : TWO;
        entries.add(workers.submit(() -> append(log, id)));
      }
      for (Future<CustodyEntry> entry : entries) {
        entry.get();
      }
    } finally {
      workers.shutdownNow();
    }
    try (CustodyLog log = open()) {
      assertThat(log.problems()).isEmpty();
      assertThat(log.size()).isEqualTo(500);
    }
  }

  @Test
  void hostileDetail_isBounded() throws Exception {
    try (CustodyLog log = open()) {
      CustodyEntry entry =
          log.append(
              CustodyAction.EXPORTED, ONE, "x".repeat(100_000), Map.of("k", "v".repeat(100_000)));

      assertThat(entry.actor()).hasSize(1025);
      assertThat(entry.detail().get("k")).hasSize(1025);
    }
  }

  @Test
  void closed_refuses() throws Exception {
    CustodyLog log = open();
    log.close();

    assertThatThrownBy(() -> append(log, ONE)).isInstanceOf(IOException.class);
  }

  private static CustodyEntry append(CustodyLog log, Id evidence) throws IOException {
    return log.append(CustodyAction.EXPORTED, evidence, "token viewer-1", Map.of("what", "bag"));
  }

  private CustodyLog open() throws IOException {
    return open(root, new UnforcedDisk());
  }

  private static CustodyLog open(Path folder, Disk disk) throws IOException {
    return CustodyLog.open(new DataFolder(folder), disk, InstantSource.system());
  }

  private Path file() {
    return new DataFolder(root).custodyLog();
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(file()));
  }
}
