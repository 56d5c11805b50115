package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.Retain;
import whorl.collector.store.access.Owner;
import whorl.collector.store.access.OwnerLedger;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.records.EvidenceClass;
import whorl.collector.testkit.DelegatingDisk;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Alert;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

class RetentionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Alert ALERT = new FakeAgent().alert();

  @TempDir Path root;
  private final TestCollector.World world = new TestCollector.World();
  private TestCollector collector;

  @AfterEach
  void close() throws Exception {
    collector.close();
  }

  @Test
  void withoutLimits_nothingIsPurged() throws Exception {
    open(RetentionLimits.NONE);
    Id old = put(4000, ALERT, "a.txt", 1);
    collector.kept.retention.pass();
    assertThat(collector.store.contains(old)).isTrue();
  }

  @Test
  void classes_areFailedThenHeapThenAlertThenRequest() throws Exception {
    open(RetentionLimits.NONE);
    assertThat(EvidenceClass.of(Records.of(Instant.now(), "a.txt", 1)))
        .isEqualTo(EvidenceClass.REQUEST);
    assertThat(of(CaptureState.SEALED, ALERT, "a.txt")).isEqualTo(EvidenceClass.ALERT);
    assertThat(of(CaptureState.SEALED, ALERT, "heap.hprof.gz")).isEqualTo(EvidenceClass.HEAP);
    assertThat(of(CaptureState.SEALED, null, "heap.hprof.gz.age")).isEqualTo(EvidenceClass.HEAP);
    assertThat(of(CaptureState.PARTIAL, ALERT, "heap.hprof.gz.part"))
        .isEqualTo(EvidenceClass.FAILED);
    assertThat(of(CaptureState.FAILED, null, "a.txt")).isEqualTo(EvidenceClass.FAILED);
    List<String> words = new ArrayList<>();
    for (EvidenceClass each : EvidenceClass.values()) {
      words.add(each.word());
    }
    words.add(Retain.ALL);
    assertThat(Retain.CLASSES).as("the options' words").isEqualTo(words);
  }

  @Test
  void byAge_evidenceOverItsClassLimit_isPurged_withTheLimitInCustody() throws Exception {
    open(
        new RetentionLimits(
            Map.of(EvidenceClass.ALERT, DAY.multipliedBy(90), EvidenceClass.HEAP, DAY),
            DAY.multipliedBy(365),
            Map.of(),
            null));
    Id oldAlert = put(91, ALERT, "a.txt", 1);
    Id newAlert = put(89, ALERT, "a.txt", 1);
    Id heap = put(2, ALERT, "heap.hprof.gz", 1);
    Id request = put(364, null, "a.txt", 1);
    Id veryOld = put(366, null, "a.txt", 1);

    collector.kept.retention.pass();

    assertThat(collector.store.evidence()).containsExactlyInAnyOrder(newAlert, request);
    assertThat(reason(oldAlert)).isEqualTo("older than alert=90d");
    assertThat(reason(heap)).isEqualTo("older than heap=1d");
    assertThat(reason(veryOld)).isEqualTo("older than all=365d");
    assertThat(collector.kept.counters.byLimit()).isEqualTo(3);
    assertThat(collector.kept.counters.purgedBytes()).isEqualTo(3);
    assertThat(collector.kept.viewer.get("/api/v1/retention").json().at("/lastPass/purged").asInt())
        .isEqualTo(3);
  }

  @Test
  void bySize_theOldestArePurged_butNotInTheirFirstDay() throws Exception {
    open(new RetentionLimits(Map.of(), null, Map.of(EvidenceClass.ALERT, 100L), 150L));
    Id first = put(5, ALERT, "a.txt", 60);
    put(4, ALERT, "a.txt", 60);
    put(3, null, "a.txt", 60);
    Id last = put(2, null, "a.txt", 60);
    Id fresh = put(0, ALERT, "a.txt", 5_000);

    collector.kept.retention.pass();

    assertThat(collector.store.evidence()).containsExactly(fresh);
    world.now.updateAndGet(now -> now.plus(Duration.ofHours(25)));
    world.nanos.addAndGet(Duration.ofHours(25).toNanos());
    assertThat(reason(first)).startsWith("more than alert=100 bytes");
    assertThat(reason(last)).startsWith("more than all=150 bytes");
    collector.kept.retention.pass();
    assertThat(collector.store.evidence()).isEmpty();
  }

  @Test
  void bySize_evidenceWithinTheLimit_stays() throws Exception {
    open(new RetentionLimits(Map.of(), null, Map.of(EvidenceClass.ALERT, 120L), null));
    Id oldest = put(5, ALERT, "a.txt", 60);
    Id second = put(4, ALERT, "a.txt", 60);
    Id third = put(3, ALERT, "a.txt", 60);
    Id request = put(9, null, "a.txt", 5_000);

    collector.kept.retention.pass();

    assertThat(collector.store.contains(oldest)).isFalse();
    assertThat(collector.store.evidence()).containsExactlyInAnyOrder(second, third, request);
  }

  @Test
  void bySize_floodOfOneAccount_doesNotPushOutTheEvidenceOfOthers() throws Exception {
    open(new RetentionLimits(Map.of(), null, Map.of(), 1000L));
    Id bank = put(300, ALERT, "a.txt", 90);
    Id shared = put(200, ALERT, "a.txt", 90);
    own(bank, "bank");
    List<Id> flood = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Id evidence = put(2, ALERT, "a.txt", 100);
      own(evidence, "shop");
      flood.add(evidence);
    }

    collector.kept.retention.pass();

    assertThat(collector.store.evidence()).contains(bank, shared).hasSize(2 + 8);
    assertThat(
            reason(
                flood.stream()
                    .filter(each -> !collector.store.contains(each))
                    .findFirst()
                    .orElseThrow()))
        .isEqualTo("more than all=1000 bytes were kept, too many of shop");
  }

  private void own(Id evidence, String account) throws Exception {
    Id agent = collector.store.record(evidence).agent();
    new OwnerLedger(collector.database)
        .claim(
            agent,
            new Owner(
                "service-account",
                account + "-1",
                account,
                null,
                null,
                null,
                null,
                null,
                List.of()));
  }

  @Test
  void heldEvidence_isNotPurged_andDoesNotCount() throws Exception {
    open(
        new RetentionLimits(
            Map.of(EvidenceClass.REQUEST, DAY), null, Map.of(EvidenceClass.ALERT, 100L), null));
    Id held = put(50, null, "a.txt", 1);
    Id heldLarge = put(40, ALERT, "a.txt", 1_000_000);
    Id small = put(30, ALERT, "a.txt", 90);
    hold(held);
    hold(heldLarge);

    collector.kept.retention.pass();
    assertThat(collector.store.evidence()).containsExactlyInAnyOrder(held, heldLarge, small);

    collector.kept.admin.call(
        "DELETE", "/api/v1/evidence/" + held + "/hold", Map.of(), new byte[0]);
    collector.kept.retention.pass();
    assertThat(collector.store.evidence()).containsExactlyInAnyOrder(heldLarge, small);
  }

  @Test
  void clockJump_suspendsPurgingForADay() throws Exception {
    open(new RetentionLimits(Map.of(EvidenceClass.ALERT, DAY), null, Map.of(), null));
    Id evidence = put(0, ALERT, "a.txt", 1);
    world.now.updateAndGet(now -> now.plus(Duration.ofHours(36)));

    collector.kept.retention.pass();
    assertThat(collector.store.contains(evidence)).isTrue();
    JsonNode status = collector.kept.viewer.get("/api/v1/retention").json();
    assertThat(status.at("/waits/why").asText()).isEqualTo("the clock jumped ahead by 1 d 12 h");
    assertThat(status.at("/classes/0/due").asInt()).isEqualTo(1);

    world.now.updateAndGet(now -> now.minus(Duration.ofHours(36)));
    collector.kept.retention.pass();
    advance(Duration.ofHours(23));
    collector.kept.retention.pass();
    assertThat(collector.store.contains(evidence)).isTrue();
    advance(Duration.ofHours(2));
    collector.kept.retention.pass();
    assertThat(collector.store.contains(evidence)).isFalse();
  }

  @Test
  void damagedCustody_suspendsPurging() throws Exception {
    open(new RetentionLimits(Map.of(EvidenceClass.ALERT, DAY), null, Map.of(), null));
    Id evidence = put(10, ALERT, "a.txt", 1);
    hold(evidence);
    collector.close();
    Path log = collector.folder.custodyLog();
    Files.writeString(log, Files.readString(log).replace("\"held\"", "\"herd\""));
    open(world.limits);

    collector.kept.retention.pass();

    assertThat(collector.kept.holds.isHeld(evidence)).as("the hold is lost").isFalse();
    assertThat(collector.store.contains(evidence)).isTrue();
    JsonNode waits = collector.kept.viewer.get("/api/v1/retention").json().get("waits");
    assertThat(waits.get("why").asText()).contains("custody is in doubt", "restore the log");
  }

  @Test
  void pass_isBounded_theNextOneContinues_andTheStatusShowsBoth() throws Exception {
    open(new RetentionLimits(Map.of(EvidenceClass.REQUEST, DAY), null, Map.of(), null));
    for (int i = 0; i < Planner.PASS_MAX + 5; i++) {
      put(10, null, "a.txt", 1);
    }
    JsonNode status = collector.kept.viewer.get("/api/v1/retention").json();
    assertThat(status.at("/classes/1/class").asText()).isEqualTo("request");
    assertThat(status.at("/classes/1/maxAgeSeconds").asLong()).isEqualTo(86_400);
    assertThat(status.at("/classes/1/evidence").asInt()).isEqualTo(1005);
    assertThat(status.at("/classes/1/due").asInt()).isEqualTo(1000);
    assertThat(status.at("/all/due").asInt()).isEqualTo(1000);
    assertThat(status.get("next")).hasSize(100);
    assertThat(status.at("/next/0/why").asText()).isEqualTo("older than request=1d");
    assertThat(status.get("lastPass").isNull() && status.get("waits").isNull()).isTrue();

    collector.kept.retention.pass();
    assertThat(collector.catalog.size()).isEqualTo(5);
    status = collector.kept.viewer.get("/api/v1/retention").json();
    assertThat(status.at("/all/due").asInt()).isEqualTo(5);
    assertThat(Instant.parse(status.get("nextPass").asText()))
        .isEqualTo(Instant.parse(status.at("/lastPass/at").asText()).plusSeconds(3600));
    collector.kept.retention.pass();
    assertThat(collector.catalog.size()).isZero();
  }

  @Test
  void collectorWithoutTheTurn_showsWhatAnotherMayPurgeWithinTheHour() throws Exception {
    open(new RetentionLimits(Map.of(EvidenceClass.REQUEST, DAY), null, Map.of(), null));
    try (Retention other =
        new Retention(
            world.limits,
            collector.catalog,
            collector.kept.holds,
            collector.store,
            collector.kept.purge,
            collector.custody,
            world.clock(),
            world.nanos::get,
            collector.kept.counters,
            () -> false,
            false)) {
      Id evidence = put(0, null, "a.txt", 1);
      advance(Duration.ofHours(22));
      assertThat(other.status().plan().due()).isEmpty();
      advance(Duration.ofMinutes(90));
      Instant before = world.now.get();

      Retention.Status status = other.status();
      assertThat(status.plan().due())
          .extracting(due -> due.evidence().id())
          .containsExactly(evidence);
      assertThat(status.next()).isBetween(before, world.now.get());
    }
  }

  @Test
  void catalogOfAnEarlierVersion_isRebuilt() throws Exception {
    open(new RetentionLimits(Map.of(EvidenceClass.ALERT, DAY), null, Map.of(), null));
    Id evidence = put(10, ALERT, "a.txt", 1);
    collector.close();
    for (String file : List.of("catalog.db", "catalog.db-wal", "catalog.db-shm")) {
      Files.deleteIfExists(root.resolve(file));
    }
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + root.resolve("catalog.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE evidence (id TEXT PRIMARY KEY, sealed_at INTEGER NOT NULL,"
              + " service TEXT NOT NULL, agent TEXT NOT NULL, capture TEXT NOT NULL,"
              + " state TEXT NOT NULL, record TEXT NOT NULL)");
    }
    open(world.limits);

    assertThat(collector.viewer.get("/api/v1/evidence").text()).contains(evidence.value());
    collector.kept.retention.pass();
    assertThat(collector.store.contains(evidence)).isFalse();
  }

  @Test
  void purgeThatCannotBeCompleted_keepsNothingElseFromItsPurge() throws Exception {
    AtomicReference<Path> undeletable = new AtomicReference<>();
    world.limits = new RetentionLimits(Map.of(EvidenceClass.ALERT, DAY), null, Map.of(), null);
    Disk disk =
        new DelegatingDisk() {
          @Override
          public void delete(Path path) throws IOException {
            if (path.equals(undeletable.get())) {
              throw new IOException("a bad block");
            }
            super.delete(path);
          }
        };
    collector = TestCollector.open(root, disk, TestCollector.LIMITS, world);
    Id bad = put(3, ALERT, "a.txt", 1);
    undeletable.set(collector.folder.record(bad));
    assertThatThrownBy(() -> collector.kept.purge.purge(bad, "collector", "by order"))
        .hasMessage("a bad block");
    Id old = put(2, ALERT, "a.txt", 1);

    collector.kept.retention.pass();

    assertThat(collector.store.contains(old)).isFalse();
    assertThat(collector.store.contains(bad)).isTrue();
    assertThat(collector.kept.counters.failures()).isPositive();
    undeletable.set(null);
    collector.kept.retention.pass();
    assertThat(collector.store.contains(bad)).isFalse();
  }

  private void open(RetentionLimits limits) throws Exception {
    world.limits = limits;
    collector = TestCollector.open(root, world);
  }

  private void advance(Duration time) {
    world.now.updateAndGet(now -> now.plus(time));
    world.nanos.addAndGet(time.toNanos());
  }

  private Id put(int daysOld, Alert alert, String artifact, long bytes) throws Exception {
    Instant sealed = world.now.get().minus(Duration.ofDays(daysOld));
    return Records.put(collector, Records.of(sealed, CaptureState.SEALED, alert, artifact, bytes));
  }

  private static EvidenceClass of(CaptureState state, Alert alert, String artifact) {
    return EvidenceClass.of(Records.of(Instant.now(), state, alert, artifact, 1));
  }

  private void hold(Id evidence) {
    collector.kept.responder.call(
        "PUT",
        "/api/v1/evidence/" + evidence + "/hold",
        Map.of(),
        Json.bytes(Map.of("reason", "litigation")));
  }

  private String reason(Id evidence) throws Exception {
    CustodyEntry purge = collector.custody.purge(evidence);
    assertThat(purge).isNotNull();
    assertThat(purge.actor()).isEqualTo("collector");
    return purge.detail().get("reason");
  }
}
