package whorl.collector.receive.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.shared.SharedSettings;
import whorl.collector.receive.shared.SharedUploads;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.MissingEvidence;
import whorl.collector.store.objects.shared.RecoveryState;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.store.records.Catalog;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** Restored backups of one half, crashes and losses, seen by recovery in pages of two. */
@Timeout(120)
class SharedRecoveryTest {
  @TempDir Path folder;
  private final MemoryObjects objects = new MemoryObjects();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private Database database;
  private SharedStore store;
  private CustodyLog custody;
  private Catalog catalog;
  private SharedRecovery recovery;
  private MissingEvidence missing;
  private final RecoveryCounters counters = new RecoveryCounters();

  @BeforeEach
  void open() throws Exception {
    TestDatabase engine = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
    closing.add(engine);
    database = engine.open();
    ObjectCache cache =
        ObjectCache.open(
            folder.resolve("cache"), new ObjectCache.Limits(1 << 20, 0), () -> 1L << 40);
    closing.add(cache);
    store =
        SharedStore.open(objects, database, cache, new SharedStore.Looking(Duration.ofDays(7), 2));
    closing.add(store);
    custody =
        CustodyLog.shared(database, InstantSource.system(), CustodyAction.ENROLLED, 0, entry -> {});
    catalog = Catalog.open(database);
    missing = new MissingEvidence(database);
    SharedUploads uploads =
        SharedUploads.open(
            database,
            objects,
            store,
            ReceiveLimits.DEFAULT,
            SharedSettings.of(folder.resolve("scratch")));
    closing.add(uploads);
    recovery =
        new SharedRecovery(
            store, new RecoveryState(database), missing, catalog, custody, uploads, counters, true);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = closing.size() - 1; i >= 0; i--) {
      closing.get(i).close();
    }
  }

  private static byte[] content(EvidenceRecord record) {
    return record.id().value().getBytes(StandardCharsets.UTF_8);
  }

  private Id sealed() throws IOException {
    EvidenceRecord record = Records.of(Instant.now(), "a.txt", 36);
    Path file = Files.write(Files.createTempFile(folder, "content", ""), content(record));
    Digest content = Digest.of(content(record));
    store.keep(Map.of(content, file));
    Digest sha256 = store.commit(record);
    store.settled(Set.of(content));
    custody.append(CustodyAction.RECEIVED, record.id(), "agent " + record.agent(), Map.of());
    custody.append(CustodyAction.SEALED, record.id(), "collector", Map.of("record", sha256.hex()));
    store.markInCustody(record.id(), sha256);
    catalog.put(record, sha256);
    return record.id();
  }

  private List<Id> sealed(int count) throws IOException {
    List<Id> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(sealed());
    }
    return ids;
  }

  private void pass() throws Exception {
    database.update("UPDATE recovery_state SET ended_at = 0");
    assertThat(recovery.run(Duration.ofHours(6), Duration.ZERO, () -> true)).isTrue();
  }

  private String recordKey(Id evidence) {
    return objects.objects.tailMap("evidence/" + evidence + "/").firstKey();
  }

  /** As a restored backup of the database is, from before this evidence was received. */
  private void forgetRows(Id evidence, boolean custodyToo) throws IOException {
    String id = evidence.value();
    database.update("DELETE FROM evidence_records WHERE evidence = ?", id);
    database.update("DELETE FROM content_references WHERE evidence = ?", id);
    database.update("DELETE FROM evidence WHERE id = ?", id);
    if (custodyToo) {
      database.update("DELETE FROM custody_evidence WHERE evidence = ?", id);
      database.update("DELETE FROM custody_entries WHERE evidence = ?", id);
    }
  }

  private static Digest digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String blob(Digest sha256) {
    return "blobs/" + sha256.hex().substring(0, 2) + "/" + sha256.hex();
  }

  @Test
  void soundStore_isLeftAsItIs_inPages() throws Exception {
    sealed(7);
    Map<String, byte[]> before = new TreeMap<>(objects.objects);

    pass();

    assertThat(objects.objects.keySet()).isEqualTo(before.keySet());
    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
    assertThat(catalog.size()).isEqualTo(7);
    assertThat(custody.doubts()).isEmpty();
    assertThat(counters.catalogued() + counters.found() + counters.swept()).isZero();
  }

  @Test
  void evidenceNewerThanRestoredRows_isFoundAgain_andThatCustodyLacksItIsSaid() throws Exception {
    List<Id> ids = sealed(5);
    Id newest = ids.get(4);
    forgetRows(newest, true);
    objects.objects.put(blob(digest("of nothing")), "of nothing".getBytes());

    pass();

    assertThat(store.record(newest)).isNotNull();
    assertThat(catalog.summary(newest)).isNotNull();
    assertThat(counters.found()).isEqualTo(1);
    assertThat(store.dueInCustody()).as("no entry is written in silence").isEmpty();
    assertThat(custody.doubts()).singleElement().asString().contains(newest.value(), "no entry");
    assertThat(objects.objects)
        .as("nothing is deleted while custody is in doubt")
        .containsKey(blob(digest("of nothing")));
    pass();
    assertThat(custody.doubts()).hasSize(1);
  }

  @Test
  void rowThatIsLost_ofEvidenceThatCustodyKnows_isMadeAgainFromItsRecord() throws Exception {
    Id evidence = sealed(3).get(1);
    forgetRows(evidence, false);

    pass();

    assertThat(store.record(evidence)).isNotNull();
    assertThat(custody.doubts()).isEmpty();
    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
  }

  @Test
  void recordsNewerThanRestoredObjects_areNamedAsLost_untilTheyAreBack() throws Exception {
    List<Id> ids = sealed(5);
    String key = recordKey(ids.get(2));
    byte[] record = objects.objects.remove(key);
    forgetRows(ids.get(3), false);
    objects.objects.remove(recordKey(ids.get(3)));
    objects.objects.put(blob(digest("of nothing")), "of nothing".getBytes());

    pass();

    assertThat(missing.summary().records()).isEqualTo(2);
    assertThat(missing.summary().ofRecord()).isEqualTo(ids.get(2));
    assertThat(catalog.summary(ids.get(3)).service()).isEqualTo("unknown");
    assertThat(objects.objects).as("nothing is swept").containsKey(blob(digest("of nothing")));

    objects.objects.put(key, record);
    pass();

    assertThat(missing.summary().records()).isEqualTo(1);
    assertThat(missing.summary().ofRecord()).isEqualTo(ids.get(3));
  }

  @Test
  void lostEvidenceThatIsPurged_isNotMissing_andTheSweepGoesOn() throws Exception {
    List<Id> ids = sealed(3);
    objects.objects.remove(recordKey(ids.get(0)));
    forgetRows(ids.get(1), false);
    objects.objects.remove(recordKey(ids.get(1)));
    objects.objects.put(blob(digest("of nothing")), "of nothing".getBytes());
    pass();
    assertThat(missing.summary().records()).isEqualTo(2);

    for (Id lost : ids.subList(0, 2)) {
      custody.append(CustodyAction.PURGED, lost, "token admin", Map.of("reason", "lost"));
      store.remove(lost);
      catalog.remove(lost);
    }
    pass();

    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
    assertThat(objects.objects).doesNotContainKey(blob(digest("of nothing")));
    assertThat(catalog.size()).isEqualTo(1);
  }

  @Test
  void contentThatIsMissing_isNamedWithItsEvidence_untilItIsBack() throws Exception {
    List<Id> ids = sealed(5);
    Digest content = digest(ids.get(1).value());
    byte[] bytes = objects.objects.remove(blob(content));

    pass();

    MissingEvidence.Summary found = missing.summary();
    assertThat(found.records()).isZero();
    assertThat(found.contents()).isEqualTo(1);
    assertThat(found.ofContent()).isEqualTo(ids.get(1));
    assertThat(found.content()).isEqualTo(content.hex());

    objects.objects.put(blob(content), bytes);
    pass();
    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
  }

  @Test
  void contentThatNothingRefersTo_isDeleted_andPinnedContentStays() throws Exception {
    sealed(3);
    for (int i = 0; i < 7; i++) {
      objects.objects.put(blob(digest("nothing " + i)), new byte[3]);
    }
    try (AutoCloseable pin = store.pin(Set.of(digest("nothing 3")))) {
      pass();
    }

    assertThat(counters.swept()).isEqualTo(6);
    assertThat(objects.objects).containsKey(blob(digest("nothing 3")));
    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
  }

  @Test
  void timelineOfPurgedEvidence_isDeleted_unlessEvidenceIsMissing() throws Exception {
    List<Id> ids = sealed(4);
    Id purged = ids.get(1);
    custody.append(CustodyAction.PURGED, purged, "token admin", Map.of("reason", "order"));
    store.remove(purged);
    catalog.remove(purged);
    database.update("DELETE FROM evidence_records WHERE evidence = ?", purged.value());
    for (Id each : ids) {
      objects.put("timeline/" + each + "/rows", new byte[3]);
      objects.put("timeline/" + each + "/index", new byte[3]);
    }
    String key = recordKey(ids.get(2));
    byte[] lost = objects.objects.remove(key);

    pass();
    assertThat(objects.objects.subMap("timeline/", "timeline0")).hasSize(8);

    objects.put(key, lost);
    pass(); // forgets at its end what was missing
    pass();
    assertThat(objects.objects.subMap("timeline/", "timeline0").keySet())
        .hasSize(6)
        .noneMatch(file -> file.contains(purged.value()));
  }

  @Test
  void recordThatAPausedCollectorWroteAfterThePurge_isDeleted() throws Exception {
    Id evidence = sealed(3).get(1);
    String key = recordKey(evidence);
    byte[] record = objects.objects.get(key);
    custody.append(CustodyAction.PURGED, evidence, "token admin", Map.of("reason", "order"));
    assertThat(store.removalsToFinish()).containsExactly(evidence);
    store.remove(evidence);
    catalog.remove(evidence);
    database.update("DELETE FROM evidence_records WHERE evidence = ?", evidence.value());
    objects.objects.put(key, record);

    pass();

    assertThat(objects.objects).doesNotContainKey(key);
    assertThat(store.contains(evidence)).isFalse();
    assertThat(store.removalsToFinish()).isEmpty();
    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
  }

  @Test
  void catalog_isAlignedWithTheRecords() throws Exception {
    List<Id> ids = sealed(5);
    database.update("DELETE FROM evidence WHERE id = ?", ids.get(0).value());
    database.update("UPDATE evidence SET record = 'x' WHERE id = ?", ids.get(4).value());
    EvidenceRecord foreign = Records.of(Instant.now(), "b.txt", 1);
    catalog.put(foreign, digest("foreign"));

    pass();

    assertThat(catalog.records().keySet()).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(catalog.records().get(ids.get(4)))
        .isEqualTo(Digest.of(store.recordBytes(ids.get(4))));
    assertThat(counters.catalogued()).isEqualTo(3);
  }

  @Test
  void passThatIsInterruptedAfterEachPage_goesOnWhereItWas() throws Exception {
    List<Id> ids = sealed(9);
    objects.objects.remove(recordKey(ids.get(0)));
    objects.objects.remove(blob(digest(ids.get(8).value())));
    database.update("DELETE FROM evidence WHERE id = ?", ids.get(5).value());
    int runs = 0;
    boolean ended = false;
    while (!ended && runs < 100) {
      AtomicInteger pages = new AtomicInteger();
      BooleanSupplier onePage = () -> pages.incrementAndGet() == 1;
      ended = recovery.run(Duration.ofHours(6), Duration.ZERO, onePage);
      runs++;
    }

    assertThat(runs).isBetween(10, 30);
    assertThat(missing.summary().records()).isEqualTo(1);
    assertThat(missing.summary().contents()).isEqualTo(1);
    assertThat(catalog.summary(ids.get(5))).isNotNull();
    assertThat(recovery.run(Duration.ofHours(6), Duration.ZERO, () -> true))
        .as("the next pass comes later")
        .isFalse();
  }

  @Test
  void objectStoreThatIsAway_isNoLoss() throws Exception {
    sealed(3);
    database.update("UPDATE recovery_state SET ended_at = 0");
    objects.away.set(true);

    assertThatThrownBy(() -> recovery.run(Duration.ofHours(6), Duration.ZERO, () -> true))
        .isInstanceOf(IOException.class);
    objects.away.set(false);
    assertThat(recovery.run(Duration.ofHours(6), Duration.ZERO, () -> true)).isTrue();

    assertThat(missing.summary()).isEqualTo(MissingEvidence.Summary.NONE);
    assertThat(catalog.size()).isEqualTo(3);
  }

  @Test
  void strayRecordThatIsNotWhatItsNameSays_isNamed_andNothingIsSwept() throws Exception {
    sealed(2);
    EvidenceRecord stray = Records.of(Instant.now(), "c.txt", 1);
    objects.objects.put(
        "evidence/" + stray.id() + "/" + digest("another").hex() + ".json", "{}".getBytes());
    objects.objects.put(blob(digest("of nothing")), "of nothing".getBytes());

    pass();

    assertThat(missing.summary().ofRecord()).isEqualTo(stray.id());
    assertThat(store.contains(stray.id())).isFalse();
    assertThat(objects.objects).containsKey(blob(digest("of nothing")));
  }
}
