package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.agent.ship.Samples;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Id;

final class SpoolTest {
  private static final Id LATER = new Id("agent-of-the-next-jvm");

  @TempDir Path folder;
  private final AtomicLong freeBytes = new AtomicLong(Long.MAX_VALUE);

  /** Both storages have the same contract. */
  enum Place {
    FOLDER,
    MEMORY
  }

  /** A later start must find the files, whatever the digits of the JVM's language are. */
  @Test
  void namesOfFiles_doNotDependOnTheLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(SpoolIndex.fileName(7)).isEqualTo("000007");
    } finally {
      Locale.setDefault(before);
    }
  }

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
        .withMessageContainingAll("recording.jfr", "no room", "mount a larger writable folder");
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

  @Test
  void write_diskFull_evictsAndThenRefusesHoweverLargeTheBudget() throws Exception {
    Spool spool =
        Spool.inFolder(
            folder,
            new SpoolOwner(Samples.AGENT, "shop", false),
            Long.MAX_VALUE / 2,
            () -> 100_000 - bytesOnDisk());
    committed(spool, new byte[60_000]);
    StoredEvidence newer = committed(spool, new byte[60_000]);

    assertThat(spool.complete()).containsExactly(newer);
    assertThatIOException()
        .isThrownBy(() -> committed(spool, new byte[200_000]))
        .withMessageContaining("no room");
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

  @Test
  void inFolder_jvmDied_arrivedArtifactsAreStillKnown() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    Draft draft = died.begin(Samples.id(), Samples.id());
    draft.arrived(heap("heap.hprof.gz"));
    Samples.put(draft, "a.txt", Samples.bytes(1, 100));
    draft.commit();
    died.close();

    Spool spool =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get);
    StoredEvidence found = spool.holdNext();
    assertThat(found).isNotNull();
    assertThat(found.sealed()).isTrue();
    assertThat(found.entries())
        .extracting(StoredEvidence.Entry::arrived)
        .containsExactly(true, false);
    assertThat(found.entries().get(0).artifact()).isEqualTo(heap("heap.hprof.gz"));
    assertThat(spool.usedBytes()).isEqualTo(100);
  }

  @Test
  void inFolder_jvmDied_itsEvidenceIsTakenOver() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    byte[] content = Samples.bytes(1, 50_000);
    StoredEvidence left = committed(died, content);
    died.close();

    Spool spool =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get);
    StoredEvidence found = spool.holdNext();
    assertThat(found).isNotNull();
    assertThat(found.evidence()).isEqualTo(left.evidence());
    assertThat(found.agent()).as("who captured it").isEqualTo(Samples.AGENT);
    assertThat(found.sealed()).isTrue();
    assertThat(read(found, 0)).isEqualTo(content);
    assertThat(spool.usedBytes()).isEqualTo(50_000);

    spool.remove(found.evidence());
    spool.close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void inFolder_jvmDiedWhileCapturing_completeArtifactsAreTakenOverUnsealed() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    Draft draft = died.begin(Samples.id(), Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 50_000));
    OutputStream open = draft.create(new ArtifactName("b.txt"), "text/plain");
    open.write(new byte[40_000]);
    died.close();

    StoredEvidence found =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get)
            .holdNext();
    assertThat(found).isNotNull();
    assertThat(found.sealed()).isFalse();
    assertThat(found.entries())
        .extracting(entry -> entry.artifact().name().value())
        .containsExactly("a.txt");
  }

  @Test
  void inFolder_indexTornOrFilesMissing_restIsTakenOver() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    Draft draft = died.begin(new Id("evidence-with-a-torn-index"), Samples.id());
    Samples.put(draft, "a.txt", Samples.bytes(1, 100));
    Samples.put(draft, "b.txt", Samples.bytes(2, 100));
    Samples.put(draft, "c.txt", Samples.bytes(3, 100));
    died.close();
    Path spoolEntry =
        folder.resolve("whorl-spool-" + Samples.AGENT).resolve("evidence-with-a-torn-index");
    Files.write(spoolEntry.resolve("000001"), new byte[7]);
    Files.delete(spoolEntry.resolve("000002"));
    Files.createSymbolicLink(spoolEntry.resolve("000002"), Path.of("/etc/hostname"));
    Files.writeString(
        spoolEntry.resolve("index.ndjson"), "{\"number\":3,\"art", StandardOpenOption.APPEND);

    StoredEvidence found =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get)
            .holdNext();
    assertThat(found).isNotNull();
    assertThat(found.entries())
        .extracting(entry -> entry.artifact().name().value())
        .containsExactly("a.txt");
    assertThat(found.sealed()).isFalse();
  }

  @Test
  void inFolder_foreignFiles_areIgnored() throws Exception {
    Path left = Files.createDirectories(folder.resolve("whorl-spool-somebody-else/evidence"));
    Files.writeString(left.resolve("index.ndjson"), "{\"version\":99}\n");
    Files.createDirectories(folder.resolve("whorl-spool-somebody-else/no-index"));
    Files.writeString(folder.resolve("whorl-spool-somebody-else/workload"), "shop");
    Files.createSymbolicLink(folder.resolve("whorl-spool-link"), Path.of("/"));
    Files.writeString(folder.resolve("whorl-spool-file"), "x");

    Spool spool =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get);
    assertThat(spool.waiting()).isZero();
  }

  @Test
  void inFolder_otherJvmAlive_itsEvidenceIsLeftAlone() throws Exception {
    Spool alive = spool(Place.FOLDER, 1_000_000);
    StoredEvidence running = committed(alive, Samples.bytes(1, 100));

    Spool spool =
        Spool.inFolder(folder, new SpoolOwner(LATER, "shop", false), 1_000_000, freeBytes::get);
    assertThat(spool.waiting()).isZero();
    assertThat(read(running, 0)).hasSize(100);
  }

  @Test
  void inFolder_jvmOfAnotherWorkloadDied_itsEvidenceStays() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    committed(died, Samples.bytes(1, 100));
    died.close();

    SpoolOwner cart = new SpoolOwner(LATER, "cart", false);
    Spool other = Spool.inFolder(folder, cart, 1_000_000, freeBytes::get);
    assertThat(other.waiting()).isZero();
    other.close();

    SpoolOwner shop = new SpoolOwner(LATER, "shop", false);
    assertThat(Spool.inFolder(folder, shop, 1_000_000, freeBytes::get).waiting()).isOne();
  }

  @Test
  void inFolder_agentThatEncrypts_leavesPlainEvidenceAndTakesWhatIsEncrypted() throws Exception {
    Spool died = spool(Place.FOLDER, 1_000_000);
    committed(died, Samples.bytes(1, 100));
    Draft encrypted = died.begin(Samples.id(), Samples.id());
    Samples.put(encrypted, "recording.jfr.age", Samples.bytes(2, 100));
    Samples.put(encrypted, "manifest.json", Samples.bytes(3, 100));
    encrypted.commit();
    died.close();

    SpoolOwner encrypting = new SpoolOwner(LATER, "shop", true);
    Spool spool = Spool.inFolder(folder, encrypting, 1_000_000, freeBytes::get);
    StoredEvidence found = spool.holdNext();
    assertThat(spool.waiting()).isOne();
    assertThat(found).isNotNull();
    assertThat(read(found, 0)).isEqualTo(Samples.bytes(2, 100));
    spool.close();

    SpoolOwner plain = new SpoolOwner(new Id("agent-after-that"), "shop", false);
    assertThat(Spool.inFolder(folder, plain, 1_000_000, freeBytes::get).waiting()).isEqualTo(2);
  }

  @Test
  void inFolder_madeBeforehandAsALink_isNotUsed() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path spool = Files.createSymbolicLink(folder.resolve("spool"), elsewhere);

    assertThatIOException().isThrownBy(() -> open(spool)).withMessageContaining("is a link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void inFolder_othersMayWriteThere_isNotUsed() throws Exception {
    Path spool = Files.createDirectory(folder.resolve("spool"));
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwx---"));

    assertThatIOException().isThrownBy(() -> open(spool)).withMessageContaining("other users");
    assertThat(spool).isEmptyDirectory();
  }

  @Test
  void inFolder_ofAnotherUser_isNotUsed() throws Exception {
    Path spool = Files.createDirectory(folder.resolve("spool"));
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwx------"));
    try {
      Files.setAttribute(spool, "unix:uid", 12_345);
    } catch (IOException notRoot) {
      Assumptions.abort("only root can give a folder away");
    }

    assertThatIOException().isThrownBy(() -> open(spool)).withMessageContaining("another user");
    assertThat(spool).isEmptyDirectory();
  }

  @Test
  void inFolder_isNotThere_isMadeForThisUserAlone() throws Exception {
    Path spool = folder.resolve("deep/spool");

    open(spool).close();

    assertThat(Files.getPosixFilePermissions(spool))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void inFolder_notWritable_throwsTheReason() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");

    assertThatIOException()
        .isThrownBy(
            () ->
                Spool.inFolder(
                    file, new SpoolOwner(Samples.AGENT, "shop", false), 1_000_000, freeBytes::get));
  }

  private Spool open(Path place) throws IOException {
    SpoolOwner owner = new SpoolOwner(Samples.AGENT, "shop", false);
    return Spool.inFolder(place, owner, 1_000_000, freeBytes::get);
  }

  private Spool spool(Place place, long maxBytes) throws IOException {
    return place == Place.MEMORY
        ? Spool.inMemory(Samples.AGENT, maxBytes)
        : Spool.inFolder(
            folder, new SpoolOwner(Samples.AGENT, "shop", false), maxBytes, freeBytes::get);
  }

  private static StoredEvidence committed(Spool spool, byte[] content) throws IOException {
    Draft draft = spool.begin(Samples.id(), Samples.id());
    Samples.put(draft, "content.bin", content);
    draft.commit();
    List<StoredEvidence> all = spool.complete();
    return all.get(all.size() - 1);
  }

  /** Larger than any of these spools. */
  private static Artifact heap(String name) {
    return new Artifact(
        new ArtifactName(name), 1L << 30, Digest.of(new byte[0]), "application/gzip");
  }

  private static byte[] read(StoredEvidence evidence, int number) throws IOException {
    byte[] content = new byte[(int) evidence.entries().get(number).artifact().size()];
    try (ArtifactReader in = evidence.spoolEntry().open(number)) {
      in.read(0, content, content.length);
    }
    return content;
  }

  private long bytesOnDisk() {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
