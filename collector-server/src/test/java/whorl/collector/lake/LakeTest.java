package whorl.collector.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.FakeAgent;
import whorl.evidence.Id;

/** Appends, replaces and removes evidence, alone and against other collectors and crashes. */
@Timeout(300)
class LakeTest {
  private static final int EVENTS = 200;

  @TempDir Path root;
  private LakeRig lake;
  private LakeRig.Collector one;

  @BeforeEach
  void open() throws Exception {
    lake = new LakeRig(root);
    one = lake.collector("one");
  }

  @AfterEach
  void close() throws Exception {
    lake.close();
  }

  @Test
  void append_allRowsAreThere_andEachFileHasItsSpan() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    one.ledger().want(evidence);

    assertThat(one.work().batch(one.table())).isEqualTo(1);

    long rows = lake.rig.index.status(evidence).rows();
    assertThat(lake.rows()).isEqualTo(Map.of(evidence.value(), rows));
    assertThat(lake.files()).hasSize(2);
    assertThat(one.ledger().status())
        .isEqualTo(new LakeStatus(1, rows, one.ledger().status().bytes(), 0, 0, 0, null));
    String hourAgo = Instant.now().minus(Duration.ofHours(1)).toString();
    assertThat(
            lake.files(
                Expressions.and(
                    Expressions.greaterThan("event_time", hourAgo),
                    Expressions.lessThan("event_time", Instant.now().toString()))))
        .as("file times of years are in the other file, whose span has a gap that nobody sees")
        .hasSizeBetween(1, 2);
    assertThat(lake.files(Expressions.lessThan("event_time", "2015-01-01T00:00:00Z"))).hasSize(1);
    assertThat(lake.files(Expressions.equal("service", "other"))).isEmpty();
    assertThat(lake.files(Expressions.lessThan("sealed_at", hourAgo))).isEmpty();
    assertThat(lake.files(Expressions.equal("event_category", "process"))).isEmpty();
  }

  @Test
  void appendedTwice_isThereOnce_andReplacedFilesGo() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    Id other = lake.evidence("shop", EVENTS / 2);
    one.ledger().want(evidence);
    one.ledger().want(other);
    one.work().batch(one.table());
    Map<String, Long> before = lake.rows();
    List<Path> files = lake.files();

    LakeRig.Collector two = lake.collector("two");
    two.ledger().want(evidence);
    two.work().batch(two.table());

    assertThat(lake.rows()).isEqualTo(before).hasSize(2);
    assertThat(lake.files()).doesNotContainAnyElementsOf(ofEvidence(files, evidence));
    assertThat(lake.stored()).hasSize(6);
    one.work().clean(one.table(), Duration.ZERO);
    assertThat(lake.stored()).containsExactlyInAnyOrderElementsOf(lake.files()).hasSize(4);
    assertThat(one.ledger().status().removedFiles()).isZero();
  }

  @Test
  void purge_removesRowsAndFiles_ofThisEvidenceAlone() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    Id other = lake.evidence("pay", EVENTS);
    one.ledger().want(evidence);
    one.ledger().want(other);
    one.work().batch(one.table());

    lake.rig.collector.store.remove(evidence);
    one.ledger().unwant(evidence);
    one.work().batch(one.table());

    assertThat(lake.rows()).containsOnlyKeys(other.value());
    assertThat(ofEvidence(lake.stored(), evidence)).as("a query may be reading them").hasSize(2);
    one.work().clean(one.table(), Duration.ofHours(1));
    assertThat(ofEvidence(lake.stored(), evidence)).hasSize(2);
    one.work().clean(one.table(), Duration.ZERO);
    assertThat(ofEvidence(lake.stored(), evidence)).isEmpty();
    assertThat(lake.rows()).containsOnlyKeys(other.value());
    assertThat(lake.table().snapshots()).hasSize(1);
    assertThat(one.ledger().status().evidence()).isEqualTo(1);
  }

  @Test
  void purgedFileThatTheBucketHasLocked_goesLater_andKeepsNoOther() throws Exception {
    Id locked = lake.evidence("shop", EVENTS);
    Id other = lake.evidence("pay", EVENTS);
    for (Id each : List.of(locked, other)) {
      one.ledger().want(each);
      one.work().batch(one.table());
    }
    lake.objects.locked = locked.value();
    for (Id each : List.of(locked, other)) {
      lake.rig.collector.store.remove(each);
      one.ledger().unwant(each);
      one.work().batch(one.table());
    }

    one.work().clean(one.table(), Duration.ZERO);

    assertThat(lake.rows()).isEmpty();
    assertThat(ofEvidence(lake.stored(), other)).isEmpty();
    assertThat(ofEvidence(lake.stored(), locked)).hasSize(2);
    assertThat(one.ledger().status().removedFiles()).isEqualTo(2);
    lake.objects.locked = "\0";
    one.work().clean(one.table(), Duration.ZERO);
    assertThat(lake.stored()).isEmpty();
    assertThat(one.ledger().status().removedFiles()).isZero();
  }

  @Test
  void failureAtEachCallOfTheStore_endsTheSame() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    long rows = lake.rig.index.status(evidence).rows();
    int failures = 0;
    for (int call = 1; call < 100; call++) {
      one.ledger().want(evidence);
      lake.objects.callsUntilFailure.set(call);
      one.work().batch(one.table());
      boolean failed = lake.objects.callsUntilFailure.get() <= 0;
      lake.objects.callsUntilFailure.set(Integer.MAX_VALUE);
      if (failed && one.ledger().status().waiting() > 0) {
        failures++;
        assertThat(one.ledger().status().failing()).isEqualTo(1);
        assertThat(one.ledger().status().problem()).isNotNull();
        lake.makeDue();
        // another collector goes on
        LakeRig.Collector next = lake.collector("after-" + call);
        assertThat(next.work().batch(next.table())).isEqualTo(1);
      }
      assertThat(lake.rows()).isEqualTo(Map.of(evidence.value(), rows));
      assertThat(one.ledger().status().waiting()).isZero();
      one.work().clean(one.table(), Duration.ZERO);
      assertThat(Set.copyOf(lake.stored())).as("call " + call).isEqualTo(Set.copyOf(lake.files()));
      if (!failed) {
        break;
      }
    }
    assertThat(failures).isGreaterThanOrEqualTo(4);
  }

  @Test
  void purgeWhileItIsAppended_wins() throws Exception {
    Id evidence = lake.rig.received(new FakeAgent());
    one.ledger().want(evidence);
    List<LakeLedger.Job> claimed = one.ledger().claim(10, Duration.ofMinutes(1));
    assertThat(claimed).hasSize(1);
    one.ledger().unwant(evidence);
    one.ledger()
        .done(List.of(new LakeLedger.Outcome(claimed.get(0), List.of("x"), 1, 1)), List.of(), 1);

    assertThat(one.ledger().status().waiting()).isEqualTo(1);
    assertThat(one.ledger().claim(10, Duration.ofMinutes(1)))
        .singleElement()
        .matches(job -> !job.wanted() && job.files().equals(List.of("x")));
  }

  @Test
  void claimedJob_isNoOneElses_untilItsTimeIsOver() throws Exception {
    Id evidence = lake.rig.received(new FakeAgent());
    one.ledger().want(evidence);
    List<LakeLedger.Job> claimed = one.ledger().claim(10, Duration.ofMinutes(1));
    LakeLedger two = new LakeLedger(lake.database, "two");

    assertThat(two.claim(10, Duration.ofMinutes(1))).isEmpty();
    one.ledger().renew(Duration.ofMillis(-1));
    assertThat(two.claim(10, Duration.ofMinutes(1))).hasSize(1);

    assertThat(catchThrowable(() -> one.ledger().requireHeld(claimed)))
        .hasMessageContaining("another collector took over");
    assertThat(catchThrowable(() -> one.ledger().writing(claimed.get(0), List.of())))
        .hasMessageContaining("another collector took over");
  }

  @Test
  void twoCollectorsCommitTheSameEvidence_oneSetOfFilesStays() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    LakeRig.Collector two = lake.collector("two");
    one.ledger().want(evidence);
    boolean[] once = {false};
    DataFile ofTwo = file(evidence, two, "two");
    DataFile ofOne = file(evidence, one, "one");

    one.table()
        .commit(
            List.of(
                new LakeTable.Change(
                    evidence, LakePaths.days(List.of(ofOne.location())), List.of(ofOne))),
            () -> {
              if (!once[0]) {
                once[0] = true;
                two.table()
                    .commit(
                        List.of(
                            new LakeTable.Change(
                                evidence,
                                LakePaths.days(List.of(ofTwo.location())),
                                List.of(ofTwo))),
                        () -> {});
              }
            });

    assertThat(lake.files()).hasSize(1);
    assertThat(lake.files().get(0).toString()).contains("-one-");
  }

  private DataFile file(Id evidence, LakeRig.Collector by, String attempt) throws Exception {
    LakeSource source = LakeSource.of(lake.rig.collector.store.record(evidence));
    LakeFile file =
        new LakeFiles(lake.rig.timeline, root).write(source, by.table().schema()).get(0);
    String key = LakePaths.key(source, attempt, 0);
    lake.objects.put(key, file.file());
    return by.table().dataFile(file, lake.settings.root() + "/" + key);
  }

  @Test
  void rowsThatCannotBeWritten_leaveNoFiles() throws Exception {
    Id evidence = lake.evidence("shop", 1);
    LakeSource source = LakeSource.of(lake.rig.collector.store.record(evidence));
    LakeSource noTime =
        new LakeSource(
            evidence,
            source.service(),
            source.agent(),
            source.capture(),
            Instant.parse("+300000-01-01T00:00:00Z"));
    Path folder = Files.createDirectory(root.resolve("rows"));

    Throwable failure =
        catchThrowable(
            () -> new LakeFiles(lake.rig.timeline, folder).write(noTime, one.table().schema()));

    assertThat(failure).isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void missingColumn_isAdded_andOldFilesHaveNone() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    one.ledger().want(evidence);
    one.work().batch(one.table());
    Table table = lake.table();
    int id = table.schema().findField("message").fieldId();
    table.updateSchema().deleteColumn("message").commit();

    LakeRig.Collector newer = lake.collector("newer");

    assertThat(newer.table().schema().findField("message").fieldId()).isGreaterThan(id);
    Id other = lake.evidence("shop", EVENTS);
    newer.ledger().want(other);
    newer.work().batch(newer.table());
    assertThat(lake.rows()).hasSize(2);
    Set<String> names = new HashSet<>();
    table.refresh();
    table.schema().columns().forEach(each -> names.add(each.name()));
    assertThat(names).contains("message", "file_path", "jvm_stack_trace", "sealed_at");
  }

  @Test
  void thread_findsWhatIsThere_andRemovesWhatIsGone() throws Exception {
    Id evidence = lake.evidence("shop", EVENTS);
    Id purged = lake.evidence("shop", EVENTS);
    one.ledger().want(purged);
    one.work().batch(one.table());
    lake.database.update("DELETE FROM lake"); // a catalog that was restored
    lake.rig.collector.store.remove(purged);
    lake.rig.collector.catalog.remove(purged);

    try (Lake running =
        new Lake(
            new Lake.Dependencies(
                lake.database,
                lake.objects,
                lake.rig.collector.store,
                lake.rig.timeline,
                root.resolve("thread"),
                Instant::now),
            lake.settings.with(Duration.ZERO, Duration.ofSeconds(4)))) {
      running.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lake.rows().keySet().equals(Set.of(evidence.value())));
      Id more = lake.evidence("shop", 10);
      running.indexed(more);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lake.rows().keySet().equals(Set.of(evidence.value(), more.value())));
      lake.rig.collector.store.remove(more);
      running.purged(more);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> lake.rows().keySet().equals(Set.of(evidence.value())));
      assertThat(running.problem()).isNull();
      assertThat(running.failures()).isZero();
    }
  }

  private static List<Path> ofEvidence(List<Path> files, Id evidence) {
    return files.stream()
        .filter(file -> file.getFileName().toString().startsWith(evidence.value()))
        .toList();
  }
}
