package whorl.agent.ship.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import whorl.agent.ship.Samples;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/** Spools in a folder: what an earlier JVM left there, and folders that are not safe. */
final class SpoolFolderTest extends SpoolFixture {
  private static final Id LATER = new Id("agent-of-the-next-jvm");

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

  private long bytesOnDisk() {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
