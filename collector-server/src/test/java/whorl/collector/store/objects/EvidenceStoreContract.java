package whorl.collector.store.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.testkit.Records;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.channel.CaptureState;

/** The contract of every store. */
public abstract class EvidenceStoreContract {
  @TempDir Path elsewhere;
  protected EvidenceStore store;

  /** Opens the same store again, as a new process would. */
  protected abstract EvidenceStore open() throws IOException;

  /** Changes what the store keeps as this content, behind its back. */
  protected abstract void damage(Digest sha256, String content) throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    store = open();
  }

  @Test
  void removed_isNoEvidence_andItsContentStaysUntilDiscarded() throws Exception {
    EvidenceRecord record = Records.of(Instant.now(), "a.txt", 7);
    Digest sha256 = record.artifacts().get(0).sha256();
    store.keep(Map.of(sha256, file("content")));
    store.commit(record);
    store.settled(List.of(sha256));
    assertThat(store.contains(record.id())).isTrue();
    assertThat(store.discard(Set.of(sha256)).files()).as("a record refers to it").isZero();

    store.remove(record.id());
    store.remove(record.id());

    assertThat(store.contains(record.id())).isFalse();
    assertThat(store.removalsToFinish()).isEmpty();
    assertThat(open().evidence()).isEmpty();
    assertThat(store.holds(sha256)).isTrue();
    try (EvidenceStore.Pin pin = store.pin(List.of(sha256))) {
      assertThat(store.discard(Set.of(sha256)).pinned()).containsExactly(sha256);
    }
    assertThat(store.discard(Set.of(sha256)).files()).isEqualTo(1);
    assertThat(store.holds(sha256)).isFalse();
  }

  @Test
  void kept_canBeRead_andTheFileStays() throws Exception {
    Path file = file("content");

    store.keep(Map.of(digest("content"), file));

    assertThat(store.holds(digest("content"))).isTrue();
    assertThat(read(store, "content")).isEqualTo("content");
    assertThat(file).exists();
  }

  @Test
  void kept_outlivesTheFileAndTheProcess() throws Exception {
    Path file = file("content");
    store.keep(Map.of(digest("content"), file));
    Files.delete(file);

    assertThat(read(open(), "content")).isEqualTo("content");
  }

  @Test
  void keptTwice_isKeptOnce() throws Exception {
    store.keep(Map.of(digest("content"), file("content")));
    store.keep(Map.of(digest("content"), file("content")));
    store.settled(List.of(digest("content")));
    store.settled(List.of(digest("content")));

    assertThat(store.sweep(digest -> false, trash())).isEqualTo(1);
  }

  @Test
  void notKept_isNotThere() throws Exception {
    assertThat(store.holds(digest("content"))).isFalse();
    assertThatThrownBy(() -> store.content(digest("content")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store.read(digest("content"), 0))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void content_isReadFromAnOffset() throws Exception {
    store.keep(Map.of(digest("content"), file("content")));

    try (InputStream in = store.read(digest("content"), 3)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("tent");
    }
  }

  @Test
  void committed_isDueInCustody_untilItIsMarked() throws Exception {
    EvidenceRecord partial = record("evidence-one", CaptureState.PARTIAL);
    Digest first = store.commit(partial);
    assertThat(store.dueInCustody()).containsExactly(partial.id());
    Digest second = store.commit(record("evidence-one", CaptureState.SEALED));

    store.markInCustody(partial.id(), first);
    assertThat(store.dueInCustody()).as("the second is not in it").containsExactly(partial.id());
    store.markInCustody(partial.id(), second);

    assertThat(store.dueInCustody()).isEmpty();
    assertThat(open().dueInCustody()).isEmpty();
  }

  @Test
  void heldAndLocked_isAsBefore_whereTheStoreHasNoLocks() throws Exception {
    EvidenceRecord record = record("evidence-one", CaptureState.SEALED);
    store.keep(Map.of(digest("a"), file("a"), digest("b"), file("b")));
    store.commit(record);
    store.settled(List.of(digest("a"), digest("b")));

    store.hold(record.id(), true);
    store.hold(record.id(), false);
    store.hold(new Id("evidence-none"), true);

    assertThat(store.record(record.id())).isEqualTo(record);
    store.remove(record.id());
    assertThat(store.discard(Set.of(digest("a"), digest("b"))).files()).isEqualTo(2);
  }

  @Test
  void committed_onlyIfTheRecordIsStillTheSame() throws Exception {
    EvidenceRecord partial = record("evidence-one", CaptureState.PARTIAL);
    EvidenceRecord sealed = record("evidence-one", CaptureState.SEALED);

    assertThat(store.commit(partial, digest("other"))).isNull();
    Digest first = store.commit(partial, null);
    assertThat(first).isNotNull();
    assertThat(store.commit(sealed, null)).isNull();
    assertThat(store.record(partial.id())).isEqualTo(partial);
    assertThat(store.commit(sealed, first)).isEqualTo(Digest.of(Json.bytes(sealed)));
    assertThat(store.record(partial.id())).isEqualTo(sealed);
  }

  @Test
  void presentContent_isKept_andAbsentContentIsRefused() throws Exception {
    store.keep(Map.of(digest("content"), file("content")));
    store.settled(List.of(digest("content")));

    store.keepPresent(List.of(digest("content")));

    assertThat(store.discard(Set.of(digest("content"))).pinned())
        .containsExactly(digest("content"));
    assertThatThrownBy(() -> store.keepPresent(List.of(digest("absent"))))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void committed_isReadAsItWasWritten() throws Exception {
    EvidenceRecord record = record("evidence-one", CaptureState.SEALED);

    Digest sha256 = store.commit(record);

    assertThat(open().record(record.id())).isEqualTo(record);
    assertThat(Digest.of(open().recordBytes(record.id()))).isEqualTo(sha256);
    assertThat(store.evidence()).containsExactly(record.id());
  }

  @Test
  void committedAgain_isTheLaterOne() throws Exception {
    store.commit(record("evidence-one", CaptureState.PARTIAL));
    store.commit(record("evidence-one", CaptureState.SEALED));

    assertThat(store.record(new Id("evidence-one")).state()).isEqualTo(CaptureState.SEALED);
    assertThat(store.evidence()).hasSize(1);
  }

  @Test
  void pagesOfEvidence_followEachOther() throws Exception {
    for (String name : List.of("evidence-two", "evidence-one", "evidence-six", "evidence-ten")) {
      store.commit(record(name, CaptureState.SEALED));
    }

    assertThat(store.evidence("", 3))
        .extracting(Id::value)
        .containsExactly("evidence-one", "evidence-six", "evidence-ten");
    assertThat(store.evidence("evidence-ten", 3))
        .extracting(Id::value)
        .containsExactly("evidence-two");
    assertThat(store.evidence("evidence-two", 3)).isEmpty();
  }

  @Test
  void notCommitted_isNoEvidence() throws Exception {
    assertThat(store.record(new Id("evidence-one"))).isNull();
    assertThat(store.recordBytes(new Id("evidence-one"))).isNull();
    assertThat(store.evidence()).isEmpty();
  }

  @Test
  void sweep_removesOnlyUnreferencedContent() throws Exception {
    store.keep(Map.of(digest("a"), file("a"), digest("b"), file("b")));
    store.settled(List.of(digest("a"), digest("b")));

    assertThat(store.sweep(digest("a")::equals, trash())).isEqualTo(1);

    assertThat(store.holds(digest("a"))).isTrue();
    assertThat(store.holds(digest("b"))).isFalse();
  }

  @Test
  void record_withoutHeapFacts_isRead() throws Exception {
    String before =
        "{\"version\":1,\"id\":\"evidence-1\",\"capture\":\"capture-1\",\"agent\":\"agent-001\","
            + "\"service\":\"shop\",\"alert\":null,\"reason\":\"asked for\",\"state\":\"sealed\","
            + "\"sealedAt\":\"2026-01-02T03:04:05Z\",\"artifacts\":[],"
            + "\"signature\":{\"verified\":false},\"problems\":[]}";

    EvidenceRecord record = EvidenceRecord.parse(before.getBytes(StandardCharsets.UTF_8));

    assertThat(record.heap()).isNull();
    assertThat(record.missing()).isEmpty();
    assertThat(new String(Json.bytes(record), StandardCharsets.UTF_8)).isEqualTo(before);
  }

  @Test
  void amended_onlyWhereTheRecordIsStillTheSame() throws Exception {
    EvidenceRecord record = Records.of(Instant.now(), "a.txt", 7);
    Digest before = store.commit(record);
    EvidenceRecord more = record.with(record.artifacts().subList(0, 0));
    List<Digest> announced = new ArrayList<>();

    assertThat(store.amend(more, digest("other"), announced::add)).isFalse();
    assertThat(announced).isEmpty();
    assertThat(store.amend(more, before, announced::add)).isTrue();

    assertThat(store.record(record.id()).artifacts()).isEmpty();
    assertThat(announced).containsExactly(Digest.of(store.recordBytes(record.id())));
    store.remove(record.id());
    assertThat(store.amend(more, announced.get(0), announced::add)).isFalse();
    assertThat(store.contains(record.id())).isFalse();
  }

  @Test
  void damagedContent_isReplacedByNewContent() throws Exception {
    store.keep(Map.of(digest("content"), file("content")));
    for (String damage : List.of("", "CONTENT")) {
      damage(digest("content"), damage);

      store.keep(Map.of(digest("content"), file("content")));

      assertThat(read(store, "content")).isEqualTo("content");
    }
  }

  private Trash trash() {
    return new Trash(
        new DataFolder(elsewhere.resolve("trash-of")), Disk.LOCAL, InstantSource.system());
  }

  public static EvidenceRecord record(String id, CaptureState state) {
    return new EvidenceRecord(
        EvidenceRecord.VERSION,
        new Id(id),
        new Id("capture-1"),
        new Id("agent-001"),
        "shop",
        null,
        "asked for",
        null,
        state,
        Instant.parse("2026-01-02T03:04:05.123456789Z"),
        List.of(
            StoredArtifact.arrived(new ArtifactName("threads.txt"), 1, digest("a"), "text/plain"),
            StoredArtifact.derived(ArtifactName.RECORDING, 1, digest("b"), "application/x-jfr")),
        new SignatureOutcome(true, digest("key").hex(), true),
        List.of(),
        null,
        List.of());
  }

  /** Reads content in both ways. */
  protected static String read(EvidenceStore store, String content) throws IOException {
    try (EvidenceStore.Content file = store.content(digest(content));
        InputStream in = store.read(digest(content), 0)) {
      String read = Files.readString(file.file());
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(read);
      return read;
    }
  }

  protected Path file(String content) throws IOException {
    return Files.writeString(Files.createTempFile(elsewhere, "content", ""), content);
  }

  public static Digest digest(String content) {
    return Digest.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
