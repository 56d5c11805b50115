package whorl.collector.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.publish.ObjectLog;
import whorl.collector.custody.publish.Turn;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.custody.verify.Verification;
import whorl.collector.store.chain.ManifestAnnouncements;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.testkit.DelegatingObjects;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.Faults;
import whorl.collector.testkit.FaultyDatabase;
import whorl.collector.testkit.FaultyDisk;
import whorl.collector.testkit.FaultyObjects;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** Moves that are killed, and what is damaged before them. */
@ParameterizedClass
@EnumSource
@Timeout(300)
class MigrationTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final Watcher NOBODY =
      new Watcher() {
        @Override
        public void doing(String activity) {}

        @Override
        public void bytes(long done, long of) {}
      };

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private final List<Id> evidence = new ArrayList<>();
  private Id held;
  private Id purged;
  private @Nullable Set<String> locked;
  private TestDatabase shared;
  private Path objects;

  @BeforeEach
  void fill() throws Exception {
    try (TestCollector collector = TestCollector.open(data().root())) {
      for (int i = 0; i < 4; i++) {
        evidence.add(sealed(collector, "threads of " + i));
      }
      held = evidence.get(0);
      hold(collector, held);
      purged = evidence.remove(3);
      assertThat(
              collector
                  .kept
                  .admin
                  .call("DELETE", "/api/v1/evidence/" + purged + "?reason=r", Map.of(), new byte[0])
                  .status())
          .isEqualTo(204);
      collector.database.update(
          "INSERT INTO agents (id, service, namespace, pod, pod_uid, last_seen, record) VALUES"
              + " ('a', 's', NULL, ?, 'u', 7, '{}')",
          "p \0");
      for (int i = 0; i < 600; i++) {
        collector.database.update(
            "INSERT INTO journal (agent, sequence, bytes, line, at) VALUES ('a', ?, 3, 'x', 1)", i);
      }
      collector.database.update("DELETE FROM journal WHERE arrival = 600");
      FakeAgent half = new FakeAgent().with("threads.txt", "half").with("more.txt", "moremore");
      half.seal();
      assertThat(half.ship(collector.agentClient, "threads.txt", "half".getBytes()).status())
          .isEqualTo(204);
      String location = half.create(collector.agentClient, "more.txt", 8).header("Location");
      assertThat(FakeAgent.patch(collector.agentClient, location, 0, "more".getBytes()).status())
          .isEqualTo(204);
      collector.publisher.publish();
    }
    newDestination();
  }

  private void newDestination() throws IOException {
    if (shared != null) {
      shared.close();
    }
    int run = RUNS.incrementAndGet();
    shared = TestDatabase.create(engine, Files.createDirectory(folder.resolve("shared-" + run)));
    objects = folder.resolve("objects-" + run);
  }

  @AfterEach
  void close() throws IOException {
    if (shared != null) {
      shared.close();
    }
  }

  @Test
  void move_killedAtAnyCall_goesOnAndIsWhole() throws Exception {
    Faults counting = Faults.none();
    toShared(counting);
    int calls = counting.counts().values().stream().mapToInt(Integer::intValue).sum();
    assertThat(calls).isGreaterThan(100);
    int step = Math.max(1, calls / (engine == TestDatabase.Engine.SQLITE ? 14 : 4));
    for (int at = 1; at <= calls; at += step) {
      Files.deleteIfExists(data().moved());
      newDestination();
      Faults faults = at % 2 == 0 ? Faults.killedBefore(at) : Faults.killedAfter(at);
      try {
        toShared(faults);
      } catch (IOException killed) {
        assertThat(faults.dead()).as("at %d: %s", at, killed).isTrue();
        assertNotServed();
      }
      MoveOutcome outcome = toShared(Faults.none());
      assertThat(outcome.problems()).as("killed at %d", at).isEmpty();
      assertWhole();
    }
  }

  @Test
  void moveBack_killedAtAnyChangeOfTheDisk_goesOnAndIsWhole() throws Exception {
    toShared(Faults.none());
    FaultyDisk counting = FaultyDisk.killedAt(Integer.MAX_VALUE);
    MoveOutcome all = toFolder("counted", counting);
    assertThat(all.problems()).isEmpty();
    assertBack("counted");
    int step = Math.max(1, counting.changes() / (engine == TestDatabase.Engine.SQLITE ? 10 : 3));
    for (int at = 1; at <= counting.changes(); at += step) {
      shared.open().update("DELETE FROM moves");
      String name = "back-" + at;
      try {
        toFolder(name, FaultyDisk.killedAt(at));
      } catch (IOException killed) {
        assertThat(killed).as("at %d", at).hasMessageContaining("No space left");
      }
      shared.open().update("DELETE FROM moves");
      MoveOutcome outcome = toFolder(name, new UnforcedDisk());
      assertThat(outcome.problems()).as("killed at %d", at).isEmpty();
      assertBack(name);
    }
  }

  @Test
  void damagedContent_arrivesAsItIs_andIsNamed() throws Exception {
    Path blob = blobOf(evidence.get(1));
    Files.writeString(blob, "THREADS of 1");
    Path missing = blobOf(evidence.get(2));
    Files.delete(missing);

    MoveOutcome outcome = toShared(Faults.none());

    assertThat(outcome.evidence()).isEqualTo(3);
    assertThat(outcome.problems())
        .anyMatch(each -> each.contains(evidence.get(1).value()) && each.contains("sha-256"))
        .anyMatch(each -> each.contains(evidence.get(2).value()) && each.contains("missing"))
        .noneMatch(each -> each.contains(held.value()));
    ObjectStore store = FolderObjects.open(objects, Disk.LOCAL);
    String hex = blob.getFileName().toString();
    try (var in = store.read("blobs/" + hex.substring(0, 2) + "/" + hex, 0)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("THREADS of 1");
    }
    MoveOutcome back = toFolder("back", new UnforcedDisk());
    assertThat(back.problems()).isEqualTo(outcome.problems());
    assertThat(blobOf("back", blob)).hasContent("THREADS of 1");
  }

  @Test
  void evidenceOnHoldThatLacksContent_isMoved_andItsObjectsAreLockedAsFarAsTheyAreThere()
      throws Exception {
    Path missing = blobOf(held);
    Files.delete(missing);
    locked = ConcurrentHashMap.newKeySet();

    MoveOutcome outcome = toShared(Faults.none());

    assertThat(outcome.problems())
        .anyMatch(each -> each.contains(held.value()) && each.contains("missing"));
    assertThat(locked)
        .anyMatch(key -> key.startsWith("evidence/" + held))
        .anyMatch(key -> key.startsWith("blobs/"))
        .noneMatch(key -> key.contains(missing.getFileName().toString()));
  }

  /** As a bucket with Object Lock does. */
  private ObjectStore locking(ObjectStore store) {
    Set<String> keys = locked;
    return keys == null
        ? store
        : new DelegatingObjects(store) {
          @Override
          public void hold(String key, boolean on) throws IOException {
            if (find(key) == null) {
              throw new NoSuchFileException(key);
            }
            keys.add(key);
          }

          @Override
          public Capabilities capabilities() {
            return new Capabilities(true, true, List.of());
          }
        };
  }

  @Test
  void lostAndUnreadableRecords_areNamed_andTheRestIsMoved() throws Exception {
    Files.delete(data().record(evidence.get(1)));
    Files.writeString(data().record(evidence.get(2)), "{}");

    MoveOutcome outcome = toShared(Faults.none());

    assertThat(outcome.problems())
        .anyMatch(each -> each.contains(evidence.get(1).value()) && each.contains("not there"))
        .anyMatch(each -> each.contains(evidence.get(2).value()) && each.contains("can't be read"));
    assertThat(outcome.evidence()).isEqualTo(2);
  }

  @Test
  void changedCustodyLog_arrivesInDoubt() throws Exception {
    List<String> lines = Files.readAllLines(data().custodyLog());
    lines.set(0, lines.get(0).replace("\"agent ", "\"Agent "));
    Files.write(data().custodyLog(), lines);

    MoveOutcome outcome = toShared(Faults.none());

    assertThat(outcome.problems()).anyMatch(each -> each.contains("custody is in doubt"));
    CustodyLog log =
        CustodyLog.shared(shared.open(), CLOCK, CustodyAction.ENROLLED, 0, entry -> {});
    assertThat(log.doubts()).isNotEmpty();
  }

  @Test
  void sourceThatChangedMeanwhile_isFollowed() throws Exception {
    Faults faults = Faults.killedBefore(250);
    assertThatThrownBy(() -> toShared(faults)).isInstanceOf(IOException.class);
    Id late;
    try (TestCollector collector = TestCollector.open(data().root())) {
      late = sealed(collector, "late");
      Id gone = evidence.remove(2);
      assertThat(
              collector
                  .kept
                  .admin
                  .call("DELETE", "/api/v1/evidence/" + gone + "?reason=r", Map.of(), new byte[0])
                  .status())
          .isEqualTo(204);
      collector.publisher.publish();
    }
    evidence.add(late);

    assertThat(toShared(Faults.none()).problems()).isEmpty();
    assertWhole();
  }

  @Test
  void wrongEnds_areRefusedByName() throws Exception {
    assertThatThrownBy(() -> Migration.toShared(new DataFolder(folder), null, null, settings()))
        .hasMessageContaining("no data folder");
    SignerKey other = LogKey.create(folder.resolve("other.key"));
    assertThatThrownBy(() -> toShared(Faults.none(), other))
        .hasMessageContaining("is not signed with the key");
    shared.open().update("INSERT INTO rule_numbers (name, last) VALUES ('x', 1)");
    assertThatThrownBy(() -> toShared(Faults.none()))
        .hasMessageContaining("has records of a collector already, in the table rule_numbers");
    shared.open().update("DELETE FROM rule_numbers");
    Files.createDirectories(objects.resolve("custody"));
    Files.writeString(objects.resolve("custody/checkpoint"), "x");
    assertThatThrownBy(() -> toShared(Faults.none()))
        .hasMessageContaining("has a custody log already");
    Files.delete(objects.resolve("custody/checkpoint"));
    toShared(Faults.none());
    Path used = Files.createDirectories(folder.resolve("used"));
    Files.writeString(used.resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> toFolder("used", new UnforcedDisk())).hasMessageContaining("mine.txt");
  }

  @Test
  void plan_changesNothing() throws Exception {
    Map<String, String> before = files(data().root());

    MoveOutcome plan = Migration.planToShared(data(), "there", settings());

    assertThat(plan.dryRun()).isTrue();
    assertThat(plan.evidence()).isEqualTo(3);
    assertThat(plan.uploads()).isEqualTo(2);
    assertThat(plan.rows()).containsEntry("journal", 599L);
    assertThat(files(data().root())).isEqualTo(before);
  }

  @Test
  void move_leavesTheSourceAsItIs_butForTheMark() throws Exception {
    Map<String, String> before = files(data().root());
    toShared(Faults.none());
    Map<String, String> after = files(data().root());
    assertThat(after.remove("moved")).isNotNull();
    assertThat(after).isEqualTo(before);
  }

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        if (!each.toString().endsWith("-shm") && !each.toString().endsWith("-wal")) {
          files.put(root.relativize(each).toString(), Digest.of(Files.readAllBytes(each)).hex());
        }
      }
    }
    return files;
  }

  private void assertNotServed() throws IOException {
    MoveLedger ledger = new MoveLedger(shared.open());
    MoveLedger.Move move = ledger.find();
    if (move != null && move.state() == MoveLedger.State.FILLING) {
      assertThatThrownBy(() -> ledger.admit("records")).hasMessageContaining("is incomplete");
    }
  }

  private void assertWhole() throws Exception {
    Database database = shared.open();
    new MoveLedger(database).admit("records");
    Path work = folder.resolve("check-" + RUNS.incrementAndGet());
    try (ObjectStore store = FolderObjects.open(objects, Disk.LOCAL);
        SharedEnd end = SharedEnd.open("shared", database, shared.openCases(), store, work)) {
      assertThat(end.store().evidence()).containsExactlyInAnyOrderElementsOf(evidence);
      CustodyLog log = CustodyLog.shared(database, CLOCK, CustodyAction.ENROLLED, 0, entry -> {});
      LogPublisher publisher =
          new LogPublisher(
              log,
              new ObjectLog(store, database, CLOCK),
              LogKey.read(data().logKey()),
              Turn.ALWAYS,
              CLOCK);
      assertThat(publisher.checkpoint().size()).isEqualTo(log.size());
      publisher.publish();
      assertThat(log.doubts()).isEmpty();
      Verification verification =
          new Verification(end.store(), log, publisher, ManifestAnnouncements.NONE, CLOCK);
      for (Id each : evidence) {
        assertThat(verification.verify(each).problems()).isEmpty();
      }
      assertThat(Catalog.open(database).records().keySet())
          .containsExactlyInAnyOrderElementsOf(evidence);
      assertThat(log.holds().of(held)).hasSize(1);
      assertThat(log.purged(purged)).isTrue();
      assertThat(end.uploads().pending()).hasSize(1);
    }
    assertThat(TableCopy.count(database, "journal")).isEqualTo(599);
    assertThat(TableCopy.count(database, "uploads")).isEqualTo(2);
    assertThat(database.query("SELECT pod FROM agents WHERE id = 'a'", row -> row.getString(1)))
        .containsExactly("p \0");
    assertThat(
            database.query(
                "INSERT INTO journal (agent, sequence, bytes, line, at) VALUES ('b', 1, 1, 'x', 1)"
                    + " RETURNING arrival",
                row -> row.getLong(1)))
        .as("a number that was given is not given again")
        .containsExactly(601L);
    database.update("DELETE FROM journal WHERE agent = 'b'");
  }

  private void assertBack(String name) throws Exception {
    Path data = folder.resolve(name);
    assertThat(new OfflineVerifier(CLOCK).verify(data).problems()).isEmpty();
    try (TestCollector collector = TestCollector.open(data)) {
      assertThat(collector.custody.doubts()).isEmpty();
      assertThat(collector.receiver.lost()).isZero();
      assertThat(collector.store.evidence()).containsExactlyInAnyOrderElementsOf(evidence);
      assertThat(collector.custody.holds().of(held)).hasSize(1);
      assertThat(collector.uploadFiles()).hasSize(4);
      assertThat(TableCopy.count(collector.database, "journal")).isEqualTo(599);
    }
  }

  private MoveOutcome toShared(Faults faults) throws IOException {
    return toShared(faults, LogKey.read(data().logKey()));
  }

  private MoveOutcome toShared(Faults faults, SignerKey key) throws IOException {
    Database database = new FaultyDatabase(shared.open(), faults);
    MoveSettings settings = settings();
    try (ObjectStore store = FolderObjects.open(objects, new UnforcedDisk());
        SharedEnd end =
            SharedEnd.open(
                "shared",
                database,
                new FaultyDatabase(shared.openCases(), faults),
                new FaultyObjects(locking(store), faults),
                settings.work())) {
      return Migration.toShared(data(), end, key, settings);
    }
  }

  private MoveOutcome toFolder(String name, Disk disk) throws IOException {
    Path work = folder.resolve("work-" + RUNS.incrementAndGet());
    Files.createDirectories(work);
    try (ObjectStore store = FolderObjects.open(objects, new UnforcedDisk());
        SharedEnd end = SharedEnd.open("shared", shared.open(), shared.openCases(), store, work)) {
      return Migration.toFolder(
          end,
          new DataFolder(folder.resolve(name)),
          LogKey.read(data().logKey()),
          new MoveSettings(work, disk, NOBODY, CLOCK, 3));
    }
  }

  private MoveSettings settings() throws IOException {
    Path work = folder.resolve("work-" + RUNS.incrementAndGet());
    Files.createDirectories(work);
    return new MoveSettings(work, new UnforcedDisk(), NOBODY, CLOCK, 3);
  }

  private DataFolder data() {
    return new DataFolder(folder.resolve("data"));
  }

  private Path blobOf(Id id) throws IOException {
    String json = Files.readString(data().record(id));
    String hex = null;
    for (var each : Json.MAPPER.readTree(json).get("artifacts")) {
      if (each.get("name").asText().equals("threads.txt")) {
        hex = each.get("sha256").asText();
      }
    }
    return data().blob(new Digest(hex));
  }

  private Path blobOf(String name, Path blob) {
    return folder.resolve(name).resolve(data().root().relativize(blob));
  }

  private static Id sealed(TestCollector collector, String threads) throws Exception {
    FakeAgent agent =
        new FakeAgent().with("threads.txt", threads).with("same.txt", "the same").seal();
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }

  private static void hold(TestCollector collector, Id id) {
    assertThat(
            collector
                .kept
                .admin
                .call(
                    "PUT",
                    "/api/v1/evidence/" + id + "/hold",
                    Map.of("Content-Type", "application/json"),
                    Json.text(Map.of("reason", "court")).getBytes(StandardCharsets.UTF_8))
                .status())
        .isEqualTo(200);
  }
}
