package whorl.collector.store.objects.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.EvidenceStoreContract;
import whorl.collector.store.objects.ObjectLockedException;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.Trash;
import whorl.collector.store.objects.WrongContentException;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.testkit.Records;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.channel.CaptureState;

/** The contract of the store of several collectors. Each opened store stands for a collector. */
abstract class SharedStoreContract extends EvidenceStoreContract {
  @TempDir Path caches;
  private final List<AutoCloseable> opened = new ArrayList<>();

  abstract ObjectStore objects() throws IOException;

  /** A database of the collector that is opened. */
  abstract Database database() throws IOException;

  @Override
  protected EvidenceStore open() throws IOException {
    return open(Duration.ofDays(-1));
  }

  private SharedStore open(Duration unreferredFor) throws IOException {
    ObjectCache cache =
        ObjectCache.open(
            Files.createTempDirectory(caches, "cache"),
            new ObjectCache.Limits(1 << 20, 0),
            () -> 1L << 40);
    SharedStore store = SharedStore.open(objects(), database(), cache, unreferredFor);
    opened.add(store);
    opened.add(cache);
    return store;
  }

  @AfterEach
  void closeStores() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Override
  protected void damage(Digest sha256, String content) throws IOException {
    objects().put(SharedKeys.blob(sha256), content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void contentDamagedInTheObjectStore_isNamed() throws Exception {
    store.keep(Map.of(digest("content"), file("content")));
    damage(digest("content"), "CONTENT");

    assertThatThrownBy(() -> store.content(digest("content")))
        .isInstanceOf(WrongContentException.class)
        .hasMessageContaining(digest("content").hex());
  }

  @Test
  void recordChangedInTheObjectStore_isNamed() throws Exception {
    EvidenceRecord record = record("evidence-one", CaptureState.SEALED);
    Digest sha256 = store.commit(record);
    objects().put(SharedKeys.record(record.id(), sha256), new byte[] {'{', '}'});

    assertThatThrownBy(() -> open().record(record.id()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("evidence-one")
        .hasMessageContaining("was changed");
  }

  @Test
  void whatOneCollectorPins_anotherDoesNotDelete() throws Exception {
    EvidenceStore other = open();
    store.keep(Map.of(digest("content"), file("content")));

    assertThat(other.discard(Set.of(digest("content"))).pinned())
        .containsExactly(digest("content"));
    assertThat(other.sweep(each -> false, trash())).isZero();
    assertThat(other.holds(digest("content"))).isTrue();

    store.settled(List.of(digest("content")));
    assertThat(other.discard(Set.of(digest("content"))).files()).isEqualTo(1);
  }

  @Test
  void youngContent_isNotSwept() throws Exception {
    EvidenceStore other = open(SharedStore.UNREFERRED_FOR);
    store.keep(Map.of(digest("content"), file("content")));
    store.settled(List.of(digest("content")));

    assertThat(other.sweep(each -> false, trash())).isZero();
    assertThat(store.sweep(each -> false, trash())).isEqualTo(1);
  }

  @Test
  void removed_leavesNoObject_andCannotBeStoredAgainAtOnce() throws Exception {
    EvidenceRecord record = record("evidence-one", CaptureState.PARTIAL);
    store.commit(record);
    store.commit(record("evidence-one", CaptureState.SEALED));
    objects().put(SharedKeys.timeline(record.id()) + "build/rows-00000.parquet", new byte[1]);

    store.remove(record.id());

    assertThat(objects().list("evidence/", "", 10)).isEmpty();
    assertThat(objects().list("timeline/", "", 10)).isEmpty();
    assertThatThrownBy(() -> open().commit(record)).hasMessageContaining("was purged a moment ago");
    assertThat(store.contains(record.id())).isFalse();
  }

  /** A collector that stood still for longer than a purged row is remembered. */
  @Test
  void purgedInCustody_cannotBeStored_alsoWhenItsRowIsForgotten() throws Exception {
    EvidenceRecord record = record("evidence-one", CaptureState.SEALED);
    try (Database database = database()) {
      database.update(
          "INSERT INTO custody_evidence (evidence, hash, kept, purged) VALUES (?, '', 1, 1)",
          record.id().value());

      assertThatThrownBy(() -> store.commit(record)).hasMessageContaining("was purged");
      assertThatThrownBy(() -> store.commit(record, null)).hasMessageContaining("was purged");
      assertThat(store.contains(record.id())).isFalse();
    }
  }

  /** One collector stores evidence with the same content again and again, the other purges. */
  @Test
  void contentThatIsReferredToAgain_survivesThePurgesOfAnotherCollector() throws Exception {
    EvidenceStore other = open();
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger deleted = new AtomicInteger();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> purging =
          thread.submit(
              () -> {
                while (!ended.get()) {
                  deleted.addAndGet((int) other.discard(Set.of(digest("a"), digest("b"))).files());
                }
                return null;
              });
      for (int i = 0; i < rounds(); i++) {
        EvidenceRecord record = record("evidence-" + i, CaptureState.SEALED);
        store.keep(Map.of(digest("a"), file("a"), digest("b"), file("b")));
        store.commit(record);
        store.settled(List.of(digest("a"), digest("b")));
        assertThat(read(store, "a")).isEqualTo("a");
        assertThat(store.holds(digest("b"))).isTrue();
        store.remove(record.id());
        TimeUnit.MILLISECONDS.sleep(i % 4);
      }
      ended.set(true);
      purging.get(60, TimeUnit.SECONDS);
    } finally {
      ended.set(true);
      thread.shutdownNow();
    }
    assertThat(deleted.get()).as("the other one deleted at least once").isPositive();
  }

  int rounds() {
    return 40;
  }

  @Test
  void twoThatAmendAtOnce_haveOneWinner() throws Exception {
    EvidenceStore other = open();
    EvidenceRecord record = Records.of(Instant.now(), "a.txt", 7);
    Digest before = store.commit(record);
    EvidenceRecord less = record.with(List.of());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Boolean>> amending = new ArrayList<>();
      AtomicInteger announced = new AtomicInteger();
      for (EvidenceStore each : List.of(store, other)) {
        amending.add(
            threads.submit(() -> each.amend(less, before, sha256 -> announced.incrementAndGet())));
      }
      int winners = 0;
      for (Future<Boolean> each : amending) {
        winners += each.get(60, TimeUnit.SECONDS) ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(announced).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void held_cannotBePurged_whereTheStoreHasLocks() throws Exception {
    assumeTrue(objects().capabilities().lock(), "this object store has no locks");
    Id one = keptWithContent("evidence-one");
    Id two = keptWithContent("evidence-two");
    store.hold(one, true);
    store.hold(two, true);

    assertThatThrownBy(() -> store.remove(one))
        .isInstanceOf(ObjectLockedException.class)
        .hasMessageContaining("evidence evidence-one is on hold in the object store");
    assertThat(store.contains(one)).isTrue();

    store.hold(one, false);
    store.remove(one);
    assertThatThrownBy(() -> objects().delete(SharedKeys.blob(digest("a"))))
        .as("the other one is still on hold")
        .isInstanceOf(ObjectLockedException.class);
    store.hold(two, false);
    store.remove(two);
    assertThat(store.discard(Set.of(digest("a"), digest("b"))).files()).isEqualTo(2);
  }

  @Test
  void locked_cannotBeDiscarded_whereTheStoreHasLocks() throws Exception {
    assumeTrue(objects().capabilities().lock(), "this object store has no locks");
    Id one = keptWithContent("evidence-one");
    store.lockUntil(one, Instant.now().plus(Duration.ofHours(1)));

    assertThatThrownBy(() -> store.remove(one))
        .isInstanceOf(ObjectLockedException.class)
        .hasMessageContaining("is locked in the object store until");
    assertThatThrownBy(() -> objects().delete(SharedKeys.blob(digest("a"))))
        .isInstanceOf(ObjectLockedException.class);
  }

  private Id keptWithContent(String id) throws IOException {
    EvidenceRecord record = record(id, CaptureState.SEALED);
    store.keep(Map.of(digest("a"), file("a"), digest("b"), file("b")));
    store.commit(record);
    store.settled(List.of(digest("a"), digest("b")));
    return record.id();
  }

  @Test
  void discardedContent_leavesNoCopyOnThisMachine() throws Exception {
    Id evidence = keptWithContent("evidence-one");
    store.content(digest("a")).close();
    store.content(digest("b")).close();
    assertThat(copies()).hasSize(2);

    store.remove(evidence);
    store.discard(Set.of(digest("a"), digest("b")));

    assertThat(copies()).isEmpty();
  }

  private List<Path> copies() throws IOException {
    List<String> names = List.of(digest("a").hex(), digest("b").hex());
    try (Stream<Path> files = Files.walk(caches)) {
      return files.filter(file -> names.contains(file.getFileName().toString())).toList();
    }
  }

  private Trash trash() {
    return new Trash(new DataFolder(caches), Disk.LOCAL, InstantSource.system());
  }
}
