package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.ship.Samples;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

/** The contract of a spool, which both storages keep. */
final class SpoolTest extends SpoolFixture {
  @ParameterizedTest
  @EnumSource
  void commit_severalArtifacts_keepsBytesDigestsAndOrder(Place place) throws Exception {
    Spool spool = spool(place, 10_000_000);
    Id evidence = Samples.id();
    Id capture = Samples.id();
    byte[] large = Samples.bytes(1, 1_234_567);
    Draft draft = spool.begin(evidence, capture);
    Samples.put(draft, "recording.jfr", large);
    Samples.put(draft, "empty.txt", new byte[0]);
    try (OutputStream out = draft.create(new ArtifactName("bytewise.txt"), "text/plain")) {
      for (int i = 0; i < 20_000; i++) {
        out.write(i);
      }
    }
    assertThat(spool.waiting()).isZero();
    draft.commit();

    StoredEvidence stored = spool.holdNext();
    assertThat(stored).isNotNull();
    assertThat(stored.evidence()).isEqualTo(evidence);
    assertThat(stored.capture()).isEqualTo(capture);
    assertThat(stored.agent()).isEqualTo(Samples.AGENT);
    assertThat(stored.sealed()).isTrue();
    assertThat(draft.artifacts().get(0))
        .isEqualTo(
            new Artifact(
                ArtifactName.RECORDING,
                large.length,
                Digest.of(large),
                "application/octet-stream"));
    assertThat(draft.artifacts())
        .extracting(artifact -> artifact.name().value())
        .containsExactly("recording.jfr", "empty.txt", "bytewise.txt");
    assertThat(read(stored, 0)).isEqualTo(large);
    assertThat(Digest.of(read(stored, 2))).isEqualTo(draft.artifacts().get(2).sha256());
    assertThat(spool.usedBytes()).isEqualTo(1_234_567 + 20_000);

    spool.remove(evidence);
    assertThat(spool.usedBytes()).isZero();
    assertThat(files()).isLessThanOrEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void read_anyPosition_returnsThoseBytes(Place place) throws Exception {
    Spool spool = spool(place, 10_000_000);
    byte[] content = Samples.bytes(1, 700_001);
    StoredEvidence stored = committed(spool, content);
    byte[] part = new byte[300_000];
    try (ArtifactReader in = stored.spoolEntry().open(0)) {
      in.read(399_999, part, 300_000);
      assertThat(part).isEqualTo(Arrays.copyOfRange(content, 399_999, 699_999));
      assertThatIOException().isThrownBy(() -> in.read(700_000, part, 2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_noRoom_rollsTheArtifactBackAndKeepsTheOthers(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "small.txt", Samples.bytes(1, 30_000));
    OutputStream out = draft.create(ArtifactName.RECORDING, "application/x-jfr");

    assertThatIOException()
        .isThrownBy(() -> out.write(Samples.bytes(2, 200_000)))
        .withMessageContainingAll(
            "recording.jfr", "no room", "writable folder, raise spool.max-size");
    assertThatIOException().isThrownBy(() -> out.write(new byte[20_000]));
    out.close();
    Samples.put(draft, "after.txt", Samples.bytes(3, 1_000));
    draft.commit();

    assertThat(draft.artifacts())
        .extracting(artifact -> artifact.name().value())
        .containsExactly("small.txt", "after.txt");
    assertThat(spool.usedBytes()).isEqualTo(31_000);
    assertThat(spool.losses()).containsEntry("spool.refused-artifacts", 1L);
  }

  @ParameterizedTest
  @EnumSource
  void write_full_evictsTheOldestAndCountsIt(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    StoredEvidence oldest = committed(spool, Samples.bytes(1, 40_000));
    StoredEvidence newer = committed(spool, Samples.bytes(2, 40_000));
    committed(spool, Samples.bytes(3, 40_000));

    assertThat(spool.waiting()).isEqualTo(2);
    assertThat(spool.holdNext().evidence()).isEqualTo(newer.evidence());
    assertThat(spool.losses())
        .containsEntry("spool.evicted", 1L)
        .containsEntry("spool.evicted-bytes", 40_000L);
    assertThatIOException().isThrownBy(() -> read(oldest, 0));
  }

  @ParameterizedTest
  @EnumSource
  void write_full_neverEvictsEvidenceBeingShipped(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    StoredEvidence shipped = committed(spool, Samples.bytes(1, 60_000));
    spool.holdNext();

    assertThatIOException().isThrownBy(() -> committed(spool, Samples.bytes(2, 60_000)));
    assertThat(read(shipped, 0)).hasSize(60_000);
    spool.release();
    committed(spool, Samples.bytes(3, 60_000));
    assertThat(spool.waiting()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void write_full_evictsCopiesFirstAndNotAsLosses(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    StoredEvidence oldest = committed(spool, Samples.bytes(1, 40_000));
    StoredEvidence copied = committed(spool, Samples.bytes(2, 40_000));
    spool.markCopied(copied.evidence());
    committed(spool, Samples.bytes(3, 40_000));

    assertThat(read(oldest, 0)).hasSize(40_000);
    assertThat(spool.losses()).containsEntry("spool.evicted", 0L);
  }

  @ParameterizedTest
  @EnumSource
  void write_moreThanEvictionCouldFree_evictsNothing(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    committed(spool, Samples.bytes(1, 10_000));
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "large.bin", Samples.bytes(2, 85_000));
    StoredEvidence oldest = spool.holdNext();
    spool.release();
    assertThatIOException().isThrownBy(() -> Samples.put(draft, "more.bin", new byte[16_000]));

    assertThat(read(oldest, 0)).hasSize(10_000);
  }

  @ParameterizedTest
  @EnumSource
  void abandon_openArtifact_freesAllRoom(Place place) throws Exception {
    Spool spool = spool(place, 100_000);
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "a.txt", new byte[20_000]);
    OutputStream open = draft.create(new ArtifactName("b.txt"), "text/plain");
    open.write(new byte[40_000]);
    draft.abandon();

    assertThat(spool.usedBytes()).isZero();
    assertThat(files()).isLessThanOrEqualTo(2);
    assertThatIOException().isThrownBy(() -> open.write(new byte[40_000]));
    assertThatIllegalStateException()
        .isThrownBy(() -> draft.create(new ArtifactName("c.txt"), "text/plain"));
  }

  @ParameterizedTest
  @EnumSource
  void create_nameTaken_isRefused(Place place) throws Exception {
    Draft draft = spool(place, 100_000).begin(Samples.id(), Samples.id());
    Samples.put(draft, "a.txt", new byte[1]);

    assertThatIOException()
        .isThrownBy(() -> draft.create(new ArtifactName("a.txt"), "text/plain"))
        .withMessageContaining("a.txt is there already");
  }

  @ParameterizedTest
  @EnumSource
  void arrived_anArtifact_isListedAndTakesNoRoom(Place place) throws Exception {
    Spool spool = spool(place, 1_000_000);
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Artifact heap = heap("heap.hprof.gz");
    Samples.put(draft, "a.txt", Samples.bytes(1, 100));
    draft.arrived(heap);
    Samples.put(draft, "b.txt", Samples.bytes(2, 100));

    assertThat(draft.artifacts()).hasSize(3).contains(heap);
    assertThatIOException()
        .isThrownBy(() -> draft.arrived(heap))
        .withMessageContaining("is there already");
    assertThatIOException()
        .isThrownBy(() -> draft.create(heap.name(), "application/gzip"))
        .withMessageContaining("is there already");
    assertThatIOException().isThrownBy(() -> draft.arrived(heap("a.txt")));
    draft.commit();

    assertThat(spool.usedBytes()).isEqualTo(200);
    StoredEvidence stored = spool.holdNext();
    assertThat(stored).isNotNull();
    assertThat(stored.bytes()).isEqualTo(200);
    assertThat(stored.entries())
        .extracting(StoredEvidence.Entry::arrived)
        .containsExactly(false, true, false);
    spool.remove(stored.evidence());
    assertThat(spool.usedBytes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void abandon_withAnArrivedArtifact_freesTheReservedRoom(Place place) throws Exception {
    Spool spool = spool(place, 1_000_000);
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 100));
    draft.arrived(heap("heap.hprof.gz"));

    draft.abandon();

    assertThat(spool.usedBytes()).isZero();
  }

  /** Number of files in the spool's folder, including the lock and the workload file. */
  private long files() {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
