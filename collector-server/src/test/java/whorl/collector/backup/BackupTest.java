package whorl.collector.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.VerificationReport;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;
import whorl.evidence.Json;

class BackupTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir Path folder;

  @Test
  void backupOfARunningCollector_restored_hasEverythingAndVerifies() throws Exception {
    List<Id> evidence = new ArrayList<>();
    Id held;
    try (TestCollector collector = TestCollector.open(data())) {
      for (int i = 0; i < 5; i++) {
        evidence.add(sealed(collector, "threads of " + i));
      }
      held = evidence.get(0);
      assertThat(hold(collector, held)).isEqualTo(200);
      assertThat(purge(collector, evidence.remove(4))).isEqualTo(204);

      Backup.Outcome made = Backup.make(data(), backup(), CLOCK);

      assertThat(made.problems()).isEmpty();
      assertThat(made.mark().evidence()).isEqualTo(4);
      sealed(collector, "after the backup");
    }

    Restore.Outcome restored = Restore.make(backup(), restored());

    assertThat(restored.problems()).isEmpty();
    try (TestCollector collector = TestCollector.open(restored())) {
      assertThat(collector.custody.doubts()).isEmpty();
      assertThat(collector.receiver.lost()).isZero();
      assertThat(collector.store.evidence()).containsExactlyInAnyOrderElementsOf(evidence);
      assertThat(purge(collector, held)).as("it is on hold").isEqualTo(409);
      assertVerified(restored());
    }
  }

  @Test
  void backupsWhileEvidenceComesAndGoes_areEachConsistent() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      sealed(collector, "the first");
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Integer> traffic =
          CompletableFuture.supplyAsync(() -> shipAndPurge(collector, stop));
      try {
        for (int i = 0; i < 8; i++) {
          Backup.Outcome made = Backup.make(data(), backup(), CLOCK);
          assertThat(made.problems()).isEmpty();
          Path copy = folder.resolve("restored-" + i);
          assertThat(Restore.make(backup(), copy).problems()).isEmpty();
          assertVerified(copy);
          try (TestCollector again = TestCollector.open(copy)) {
            assertThat(again.custody.doubts()).isEmpty();
            assertThat(again.receiver.lost()).isZero();
            assertThat(again.store.evidence()).hasSize((int) made.mark().evidence());
          }
        }
      } finally {
        stop.set(true);
      }
      assertThat(traffic.get()).as("pieces that came meanwhile").isGreaterThan(8);
    }
  }

  @Test
  void updatedBackup_dropsPurgedEvidence_andCopiesOnlyNewContent() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id kept = sealed(collector, "kept");
      Id gone = sealed(collector, "gone");
      Backup.make(data(), backup(), CLOCK);
      Path blob = blobOf(collector, kept);
      Object before = Files.getAttribute(blob, "unix:ino");
      purge(collector, gone);

      Backup.Outcome renewed = Backup.make(data(), backup(), CLOCK);

      assertThat(renewed.problems()).isEmpty();
      assertThat(renewed.mark().evidence()).isEqualTo(1);
      assertThat(renewed.mark().blobs()).isEqualTo(3);
      assertThat(Files.getAttribute(blob, "unix:ino")).isEqualTo(before);
      assertThat(Restore.make(backup(), restored()).problems()).isEmpty();
      assertVerified(restored());
    }
  }

  @Test
  void damagedContent_isReportedByBackupAndRestore() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id evidence = sealed(collector, "whole");
      Backup.make(data(), backup(), CLOCK);
      Path blob = blobOf(collector, evidence);
      Files.writeString(blob, "WHOLE");

      assertThat(Restore.make(backup(), restored()).problems())
          .anyMatch(problem -> problem.contains("is damaged"));

      Files.writeString(data().resolve(backup().relativize(blob)), "WHOLE");
      assertThat(Backup.make(data(), folder.resolve("another"), CLOCK).problems())
          .anyMatch(problem -> problem.contains("is damaged"));
    }
  }

  @Test
  void damagedContent_isReportedByEachBackup_andReplacedOnceItIsWhole() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id evidence = sealed(collector, "whole");
      Path copy = blobOf(collector, evidence);
      Path blob = data().resolve(backup().relativize(copy));
      Files.writeString(blob, "WHOLE");

      for (int i = 0; i < 2; i++) {
        assertThat(Backup.make(data(), backup(), CLOCK).problems())
            .as("run %d", i)
            .anyMatch(problem -> problem.contains("is damaged"));
        assertThat(copy).hasContent("WHOLE");
      }
      Files.writeString(blob, "whole");
      assertThat(Backup.make(data(), backup(), CLOCK).problems()).isEmpty();
      assertThat(copy).hasContent("whole");
      assertThat(Restore.make(backup(), restored()).problems()).isEmpty();
    }
  }

  @Test
  void whatIsMissingInTheBackup_isReportedByRestore_andTheRestIsRestored() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id whole = sealed(collector, "whole");
      Id withoutContent = sealed(collector, "its content is lost");
      Id withoutRecord = sealed(collector, "its record is lost");
      Id changed = sealed(collector, "its record is changed");
      Backup.make(data(), backup(), CLOCK);
      Files.delete(blobOf(collector, withoutContent));
      Files.delete(record(backup(), withoutRecord));
      Files.writeString(record(backup(), changed), " ", StandardOpenOption.APPEND);

      Restore.Outcome restored = Restore.make(backup(), restored());

      assertThat(restored.problems())
          .containsExactlyInAnyOrder(
              "evidence " + withoutContent + ": its artifact threads.txt is missing",
              "evidence "
                  + withoutRecord
                  + ": custody says that it was kept, but the backup lacks it",
              "evidence "
                  + changed
                  + ": its record is not the one that custody names; it was restored as it is");
      assertThat(record(restored(), whole)).exists();
    }
  }

  private static Path record(Path data, Id evidence) {
    return data.resolve("evidence").resolve(evidence.value()).resolve("evidence.json");
  }

  @Test
  void lostContent_isReported_andTheRestIsBackedUp() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id lost = sealed(collector, "lost");
      sealed(collector, "there");
      Files.delete(data().resolve(backup().relativize(blobOf(collector, lost))));

      Backup.Outcome made = Backup.make(data(), backup(), CLOCK);

      assertThat(made.problems())
          .containsExactly("evidence " + lost + ": its artifact threads.txt is missing");
      assertThat(made.mark().evidence()).isEqualTo(2);
    }
  }

  @Test
  void lostEvidence_isReported_andTheRestIsBackedUp() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      Id lost = sealed(collector, "lost");
      sealed(collector, "there");
      Files.delete(data().resolve("evidence").resolve(lost.value()).resolve("evidence.json"));

      Backup.Outcome made = Backup.make(data(), backup(), CLOCK);

      assertThat(made.problems()).singleElement().asString().contains(lost.value());
      assertThat(made.mark().evidence()).isEqualTo(1);
    }
  }

  @Test
  void collectorThatBeganAnew_doesNotReplaceTheBackupOfTheLostOne() throws Exception {
    Id only;
    try (TestCollector collector = TestCollector.open(data())) {
      only = sealed(collector, "its folder is lost later");
      Backup.make(data(), backup(), CLOCK);
    }
    Path anew = folder.resolve("anew");
    try (TestCollector collector = TestCollector.open(anew)) {
      assertRefused(() -> Backup.make(anew, backup(), CLOCK), "does not continue");
      sealed(collector, "after the loss");
      assertRefused(() -> Backup.make(anew, backup(), CLOCK), "does not continue");
    }

    assertThat(Restore.make(backup(), restored()).problems()).isEmpty();
    try (TestCollector collector = TestCollector.open(restored())) {
      assertThat(collector.store.evidence()).containsExactly(only);
      sealed(collector, "after the restore");
      assertThat(Backup.make(restored(), backup(), CLOCK).mark().evidence()).isEqualTo(2);
    }
  }

  @Test
  void logThatWasCutOffOrChanged_doesNotReplaceTheOneInTheBackup() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      sealed(collector, "the first");
      sealed(collector, "the second");
      Backup.make(data(), backup(), CLOCK);
    }
    Path log = data().resolve("custody").resolve("custody.ndjson");
    byte[] whole = Files.readAllBytes(log);
    List<String> lines = Files.readAllLines(log);
    Files.write(log, lines.subList(0, lines.size() - 1));
    assertRefused(() -> Backup.make(data(), backup(), CLOCK), "does not continue");
    whole[whole.length / 2] ^= 1;
    Files.write(log, whole);
    assertRefused(() -> Backup.make(data(), backup(), CLOCK), "does not continue");

    Restore.Outcome restored = Restore.make(backup(), restored());
    assertThat(restored.problems()).isEmpty();
    assertThat(restored.mark().evidence()).isEqualTo(2);
  }

  @Test
  void wrongFolders_areRefusedByName() throws Exception {
    try (TestCollector collector = TestCollector.open(data())) {
      sealed(collector, "x");
      Path other = Files.createDirectories(folder.resolve("other"));
      Files.writeString(other.resolve("mine.txt"), "mine");

      assertRefused(() -> Backup.make(data(), other, CLOCK), "holds other things");
      assertRefused(() -> Backup.make(other, backup(), CLOCK), "no data folder");
      assertRefused(() -> Backup.make(data(), data().resolve("b"), CLOCK), "must not lie in");
      assertRefused(() -> Restore.make(other, restored()), "no backup");
      Backup.make(data(), backup(), CLOCK);
      assertRefused(() -> Restore.make(backup(), other), "not empty");
      BackupMark.begun(CLOCK.instant()).write(backup());
      assertRefused(() -> Restore.make(backup(), restored()), "not finished");
    }
  }

  private static int shipAndPurge(TestCollector collector, AtomicBoolean stop) {
    List<Id> present = new ArrayList<>();
    int shipped = 0;
    try {
      while (!stop.get()) {
        present.add(sealed(collector, "number " + shipped++));
        if (present.size() > 10) {
          purge(collector, present.remove(0));
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return shipped;
  }

  private static void assertVerified(Path data) throws IOException {
    VerificationReport report = new OfflineVerifier(CLOCK).verify(data);
    assertThat(report.problems()).isEmpty();
    assertThat(report.verified()).isTrue();
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessageContaining(why);
  }

  private static Id sealed(TestCollector collector, String threads) throws Exception {
    FakeAgent agent = new FakeAgent().with("threads.txt", threads).seal();
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }

  private Path blobOf(TestCollector collector, Id evidence) throws IOException {
    String hex =
        collector.store.record(evidence).artifacts().stream()
            .filter(each -> each.name().value().equals("threads.txt"))
            .findFirst()
            .orElseThrow()
            .sha256()
            .hex();
    return backup().resolve("blobs").resolve(hex.substring(0, 2)).resolve(hex);
  }

  private static int hold(TestCollector collector, Id evidence) throws Exception {
    return collector
        .kept
        .admin
        .call(
            "PUT",
            "/api/v1/evidence/" + evidence + "/hold",
            Map.of("Content-Type", "application/json"),
            Json.text(Map.of("reason", "court")).getBytes(StandardCharsets.UTF_8))
        .status();
  }

  private static int purge(TestCollector collector, Id evidence) throws Exception {
    return collector
        .kept
        .admin
        .call("DELETE", "/api/v1/evidence/" + evidence + "?reason=r", Map.of(), new byte[0])
        .status();
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path backup() {
    return folder.resolve("backup");
  }

  private Path restored() {
    return folder.resolve("restored");
  }
}
