package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cases.Holds;
import whorl.collector.config.S3Location;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.store.objects.s3.S3Objects;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.EvidenceClass;
import whorl.collector.testkit.DelegatingObjects;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Evidence in a bucket that locks it until its limit by age. */
@Timeout(120)
class RetentionLockTest {
  @TempDir static Path shared;
  @TempDir Path folder;
  private static @Nullable MotoServer moto;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final RetentionCounters counters = new RetentionCounters();
  private final AtomicInteger locksThatFail = new AtomicInteger();
  private ObjectStore objects;
  private SharedStore store;
  private Catalog catalog;
  private CustodyLog custody;

  @BeforeAll
  static void startServer() throws IOException {
    moto = MotoServer.startOrSkip(shared);
    moto.create("locking", true);
  }

  @AfterAll
  static void stopServer() {
    if (moto != null) {
      moto.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    TestDatabase engine = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
    closing.add(engine);
    Database database = engine.open();
    objects =
        S3Objects.open(
            S3Location.parse(
                "s3://locking/"
                    + UUID.randomUUID()
                    + "?retain-lock=governance&endpoint="
                    + moto.endpoint()));
    closing.add(objects);
    ObjectCache cache =
        ObjectCache.open(
            folder.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
    closing.add(cache);
    store = SharedStore.open(failing(objects), database, cache);
    closing.add(store);
    custody =
        CustodyLog.shared(database, InstantSource.system(), CustodyAction.ENROLLED, 0, entry -> {});
    catalog = Catalog.open(database);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = closing.size() - 1; i >= 0; i--) {
      closing.get(i).close();
    }
  }

  /** Fails to lock as many objects as {@code locksThatFail} says. */
  private ObjectStore failing(ObjectStore honest) {
    return new DelegatingObjects(honest) {
      @Override
      public void lockUntil(String key, Instant until) throws IOException {
        if (locksThatFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          throw new IOException("the store is too busy");
        }
        super.lockUntil(key, until);
      }
    };
  }

  private Retention retention(Duration age, Map<EvidenceClass, Long> bytes) throws IOException {
    RetentionLimits limits =
        new RetentionLimits(Map.of(EvidenceClass.REQUEST, age), null, bytes, null);
    Holds holds = new Holds(store, custody);
    Purge purge = new Purge(store, catalog, custody, holds, evidence -> false, List.of(), counters);
    Retention retention =
        new Retention(
            limits,
            catalog,
            holds,
            store,
            purge,
            custody,
            InstantSource.system(),
            System::nanoTime,
            counters,
            () -> true,
            true);
    closing.add(retention);
    return retention;
  }

  private void lock(Duration age) throws IOException {
    RetentionLimits limits =
        new RetentionLimits(Map.of(EvidenceClass.REQUEST, age), null, Map.of(), null);
    new RetentionLocks(limits, catalog, store, InstantSource.system(), System::nanoTime, counters)
        .lock(() -> true);
  }

  private EvidenceRecord sealed(Instant at) throws IOException {
    EvidenceRecord record = Records.of(at, "a.txt", 36);
    byte[] bytes = record.id().value().getBytes(StandardCharsets.UTF_8);
    Digest content = Digest.of(bytes);
    store.keep(Map.of(content, Files.write(folder.resolve("content"), bytes)));
    Digest sha256 = store.commit(record);
    store.settled(Set.of(content));
    custody.append(CustodyAction.SEALED, record.id(), "collector", Map.of("record", sha256.hex()));
    store.markInCustody(record.id(), sha256);
    catalog.put(record, sha256);
    return record;
  }

  private static String blob(EvidenceRecord record) {
    return blob(record.artifacts().get(0));
  }

  private static String blob(StoredArtifact artifact) {
    String hex = artifact.sha256().hex();
    return "blobs/" + hex.substring(0, 2) + "/" + hex;
  }

  @Test
  void evidenceIsLockedUntilItsLimit_andAPurgeSaysUntilWhen() throws Exception {
    Instant at = Instant.now().minus(Duration.ofDays(80));
    EvidenceRecord record = sealed(at);

    lock(Duration.ofDays(90));

    Instant until = store.lockedAmong(List.of(record.id())).get(record.id());
    assertThat(until).isBetween(at.plus(Duration.ofDays(89)), at.plus(Duration.ofDays(91)));
    assertThat(counters.locked()).isEqualTo(1);
    assertThatThrownBy(() -> objects.delete(blob(record)))
        .as("not even with the collector's keys")
        .isInstanceOf(ObjectLockedException.class);
    Retention retention = retention(Duration.ofDays(90), Map.of());
    assertThat(retention.purgeNow(record.id(), "token admin", "order"))
        .isEqualTo(new PurgeOutcome.Locked(until));
    assertThat(custody.purged(record.id())).isFalse();
    assertThat(store.contains(record.id())).isTrue();
    lock(Duration.ofDays(90));
    assertThat(counters.locked()).as("once").isEqualTo(1);
  }

  @Test
  void lockThatFailsHalfway_isCompletedByTheNextPass_alsoAfterARestart() throws Exception {
    EvidenceRecord record = sealed(Instant.now().minus(Duration.ofDays(80)));
    locksThatFail.set(1);

    lock(Duration.ofDays(90));

    assertThat(counters.failures()).isEqualTo(1);
    assertThat(counters.locked()).isZero();
    lock(Duration.ofDays(90));
    assertThat(counters.locked()).isEqualTo(1);
    assertThatThrownBy(() -> objects.delete(blob(record)))
        .isInstanceOf(ObjectLockedException.class);
    lock(Duration.ofDays(90));
    assertThat(counters.locked()).as("once").isEqualTo(1);
  }

  @Test
  void whatComesLater_andCouldNotBeLockedAtOnce_isLockedByTheNextPass() throws Exception {
    EvidenceRecord record = sealed(Instant.now().minus(Duration.ofDays(80)));
    lock(Duration.ofDays(90));
    byte[] bytes = "later".getBytes(StandardCharsets.UTF_8);
    Digest content = Digest.of(bytes);
    EvidenceRecord grown =
        record.with(
            List.of(
                StoredArtifact.arrived(
                    new ArtifactName("later.txt"), bytes.length, content, "text/plain")));
    store.keep(Map.of(content, Files.write(folder.resolve("later"), bytes)));
    locksThatFail.set(1);

    assertThatThrownBy(() -> store.commit(grown)).hasMessageContaining("too busy");

    store.settled(Set.of(content));
    lock(Duration.ofDays(90));
    assertThat(counters.locked()).isEqualTo(2);
    assertThatThrownBy(() -> objects.delete(blob(grown))).isInstanceOf(ObjectLockedException.class);
    lock(Duration.ofDays(90));
    assertThat(counters.locked()).as("once").isEqualTo(2);
  }

  @Test
  void evidenceThatLacksContent_isLockedAsFarAsItIsThere_andWhollyOnceItIs() throws Exception {
    for (int lost = 0; lost < 2; lost++) {
      EvidenceRecord record = sealed(Instant.now().minus(Duration.ofDays(80)));
      List<StoredArtifact> artifacts = new ArrayList<>();
      List<byte[]> contents = new ArrayList<>();
      for (String name : List.of("a.txt", "b.txt")) {
        byte[] bytes = (record.id() + name).getBytes(StandardCharsets.UTF_8);
        contents.add(bytes);
        artifacts.add(
            StoredArtifact.arrived(
                new ArtifactName(name), bytes.length, Digest.of(bytes), "text/plain"));
        objects.put(blob(artifacts.get(artifacts.size() - 1)), bytes);
      }
      store.commit(record.with(artifacts));
      String missing = blob(artifacts.get(lost));
      String present = blob(artifacts.get(1 - lost));
      objects.delete(missing);

      lock(Duration.ofDays(90));

      assertThat(counters.failures()).isEqualTo(lost + 1);
      assertThatThrownBy(() -> objects.delete(present)).isInstanceOf(ObjectLockedException.class);
      objects.put(missing, contents.get(lost));
      lock(Duration.ofDays(90));
      assertThatThrownBy(() -> objects.delete(missing)).isInstanceOf(ObjectLockedException.class);
    }
  }

  @Test
  void limitThatIsMadeShorter_orSize_purgesNothingThatIsLocked_withoutFailures() throws Exception {
    EvidenceRecord locked = sealed(Instant.now().minus(Duration.ofDays(80)));
    lock(Duration.ofDays(90));
    EvidenceRecord open = sealed(Instant.now().minus(Duration.ofDays(40)));
    Retention shorter = retention(Duration.ofDays(30), Map.of(EvidenceClass.REQUEST, 1L));

    shorter.pass();

    assertThat(store.contains(locked.id())).isTrue();
    assertThat(store.contains(open.id())).as("locks of others do not keep it").isFalse();
    assertThat(counters.failures()).isZero();
    shorter.pass();
    assertThat(counters.failures()).isZero();
  }

  @Test
  void lockIsMadeLonger_neverShorter_andEndsByItself() throws Exception {
    EvidenceRecord record = sealed(Instant.now().minusSeconds(100));
    lock(Duration.ofSeconds(104));
    Instant first = store.lockedAmong(List.of(record.id())).get(record.id());
    lock(Duration.ofSeconds(106));
    Instant second = store.lockedAmong(List.of(record.id())).get(record.id());
    assertThat(second).isAfter(first);
    lock(Duration.ofSeconds(104));
    assertThat(store.lockedAmong(List.of(record.id()))).containsEntry(record.id(), second);
    Retention retention = retention(Duration.ofSeconds(106), Map.of());

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                retention.purgeNow(record.id(), "token admin", "order")
                    instanceof PurgeOutcome.Purged);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              retention.pass(); // what could not be deleted at once, the next pass deletes
              assertThat(objects.find(blob(record))).isNull();
            });
    assertThat(store.contains(record.id())).isFalse();
  }

  @Test
  void clockThatIsAheadAtTheSeal_locksNoLongerThanFromNow() throws Exception {
    Id ahead = sealed(Instant.now().plus(Duration.ofDays(365))).id();

    lock(Duration.ofDays(90));

    assertThat(store.lockedAmong(List.of(ahead)).get(ahead))
        .isBefore(Instant.now().plus(Duration.ofDays(91)));
  }
}
