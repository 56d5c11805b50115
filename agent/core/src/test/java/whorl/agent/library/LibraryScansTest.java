package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.redact.Redactor;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.AgentMessage.LibraryPart;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.VersionRange;

class LibraryScansTest {
  private static final long FAST = 1L << 40;

  @TempDir Path folder;

  private final Set<Path> atStart = new LinkedHashSet<>();
  private final List<Class<?>> loaded = new ArrayList<>();
  private final List<List<AgentMessage>> sent = new ArrayList<>();
  private LibraryInventory inventory = new LibraryInventory(UnaryOperator.identity(), 1_000);
  private LibraryReports reports = new LibraryReports(inventory, sent::add);

  @Test
  void pass_listsJarsModulesAndWhatTheirManifestsName() throws Exception {
    atStart.add(library("a.jar", "a", "1"));
    Path main =
        new JarBuilder()
            .manifest("Class-Path: b.jar lib/c%20d.jar http://x/y.jar absent.jar lib/")
            .write(folder.resolve("main.jar"));
    atStart.add(main);
    library("b.jar", "b", "2");
    Files.createDirectory(folder.resolve("lib"));
    library("lib/c d.jar", "c", "3");
    atStart.add(folder.resolve("absent-too.jar"));
    atStart.add(folder);

    scans().pass();

    assertThat(names()).contains("a", "b", "c", "main", "java.base").doesNotContain("absent");
    assertThat(inventory.incomplete()).isNull();
    HeldLibrary base = find("java.base", null);
    assertThat(base.library().version()).startsWith(Integer.toString(Runtime.version().feature()));
    assertThat(find("a", null).loader()).isNull();
  }

  @Test
  void pass_findsWhatLoadedClassesComeFrom() throws Exception {
    Path jar = jarWithThisClass("loaded.jar");
    LibraryScans scans = scans();
    scans.pass();
    assertThat(names()).doesNotContain("loaded");

    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      loaded.add(loader.loadClass(JarBuilder.class.getName()));
      loaded.add(String.class);
      scans.pass();
    }

    assertThat(find("loaded", null).loader()).isEqualTo("other");
    assertThat(find("java.base", null).loader()).isEqualTo("boot");
    assertThat(find("java.logging", null).loader()).isNull();
  }

  @Test
  void pass_afterAJarWasReplacedOrRemoved_listsBoth() throws Exception {
    Path jar = library("x.jar", "x", "1");
    Path other = library("y.jar", "y", "1");
    atStart.addAll(List.of(jar, other));
    LibraryScans scans = scans();
    scans.pass();
    assertThat(find("x", "1").library().problem()).isNull();

    library("x.jar", "x", "2");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.ofEpochSecond(1)));
    Files.delete(other);
    scans.pass();

    assertThat(find("x", "2").library().problem()).isNull();
    assertThat(find("x", "1").library().problem()).contains("replaced or removed");
    assertThat(find("y", "1").library().problem()).contains("replaced or removed");

    library("y.jar", "y", "3");
    scans.pass();
    assertThat(inventory.matching(LibraryPattern.of("y"), null, 9)).hasSize(1);
  }

  @Test
  void pass_whileAJarChanges_saysSo() throws Exception {
    Path jar = library("x.jar", "x", "1");
    atStart.add(jar);
    int[] writes = {0};
    // The reading waits at each block, and somebody else writes meanwhile.
    Pace pace =
        new Pace(
            1,
            () -> 0L,
            nanos -> {
              try {
                Files.setLastModifiedTime(
                    jar, FileTime.from(Instant.ofEpochSecond(1 + writes[0]++)));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

    scans(pace).pass();

    assertThat(find("x", "1").library().problem()).isEqualTo("the file changed while it was read");
    assertThat(inventory.incomplete()).isNull();
  }

  @Test
  void pass_ofTwoThousandJars_isBoundedInTimeAndMemory() throws Exception {
    Redactor redactor = new Redactor(List.of());
    redactor.warmUp();
    inventory = new LibraryInventory(redactor::text, LibrariesHeld.ENTRIES_MAX);
    for (int i = 0; i < 2_000; i++) {
      atStart.add(library("library-" + i + "-1.0.jar", "library-" + i, "1.0"));
    }
    LibraryScans scans = scans();
    long began = System.nanoTime();

    scans.pass();

    long millis = (System.nanoTime() - began) / 1_000_000;
    assertThat(inventory.matching(LibraryPattern.of("library-*"), null, 5_000)).hasSize(2_000);
    long again = System.nanoTime();
    scans.pass();
    long lookMillis = (System.nanoTime() - again) / 1_000_000;
    System.out.println(
        "2,000 jars: "
            + millis
            + " ms, another look: "
            + lookMillis
            + " ms, about "
            + inventory.heldBytes().get("libraries") / 1_024
            + " KiB held");
    assertThat(inventory.heldBytes().get("libraries")).isLessThan(2L << 20);
    assertThat(millis).isLessThan(120_000);
  }

  @Test
  void pass_beyondTheLimit_isNotComplete() throws Exception {
    inventory = new LibraryInventory(UnaryOperator.identity(), 100);
    for (int i = 0; i < 120; i++) {
      atStart.add(library("library-" + i + ".jar", "library-" + i, "1.0"));
    }

    scans().pass();

    assertThat(inventory.incomplete()).contains("libraries beyond the limit of 100 are left out");
    assertThat(inventory.snapshot().entries()).hasSizeLessThanOrEqualTo(100);
  }

  /** A hostile jar names files that are not there, to fill the memory of the application. */
  @Test
  void pass_ofAManifestThatNamesTenThousandFiles_queuesABoundedNumber() throws Exception {
    StringBuilder names = new StringBuilder("Class-Path:");
    for (int i = 0; i < 10_000; i++) {
      names.append(' ').append(Integer.toString(i, 36)).append(".j");
    }
    atStart.add(new JarBuilder().manifest(names.toString()).write(folder.resolve("names.jar")));

    scans().pass();

    assertThat(inventory.incomplete())
        .isEqualTo(
            10_000
                - LibraryScans.QUEUED_MAX
                + 1
                + " libraries beyond the limit of 1000 are left out");
  }

  @Test
  void matching_ofVersions() throws Exception {
    atStart.add(library("l.jar", "log4j-core", "2.14.1"));
    atStart.add(library("m.jar", "log4j-core", "2.17.1"));
    scans().pass();

    assertThat(inventory.matching(LibraryPattern.of("log4j-core"), VersionRange.of("<2.17"), 10))
        .extracting(held -> held.library().version())
        .containsExactly("2.14.1");
    assertThat(inventory.matching(LibraryPattern.of("log4j*"), null, 1)).hasSize(1);
  }

  @Test
  void snapshot_isMaskedAndClean() throws Exception {
    inventory = new LibraryInventory(new Redactor(List.of())::text, 100);
    Files.createDirectory(folder.resolve("password=hunter2hunter2"));
    atStart.add(library("password=hunter2hunter2/e.jar", "e\u001b[31m", "1"));

    scans().pass();

    assertThat(inventory.snapshot().entries().toString())
        .doesNotContain("hunter2")
        .doesNotContain("\u001b");
  }

  @Test
  void reports_answerOnceItIsMade_andWhenItChanges() throws Exception {
    for (int i = 0; i < 250; i++) {
      atStart.add(library("library-" + i + ".jar", "library-" + i, "1.0"));
    }
    reports.wanted(new LibrariesWanted(null));
    reports.answer();
    assertThat(sent).isEmpty();

    LibraryScans scans = scans();
    scans.pass();
    reports.answer();
    reports.answer();

    assertThat(sent).hasSize(1);
    LibrariesHeld held = (LibrariesHeld) sent.get(0).get(0);
    assertThat(held.complete()).isTrue();
    assertThat(held.loaded()).hasSize(held.entries());

    reports.wanted(new LibrariesWanted(held.digest()));
    reports.answer();
    List<LibraryEntry> entries = new ArrayList<>();
    for (AgentMessage each : sent.get(1)) {
      LibraryPart part = (LibraryPart) each;
      assertThat(part.digest()).isEqualTo(held.digest());
      assertThat(part.of()).isEqualTo(sent.get(1).size());
      entries.addAll(part.entries());
    }
    assertThat(entries).hasSize(held.entries());
    assertThat(LibraryEntry.digest(entries)).isEqualTo(held.digest());

    loaded.add(String.class);
    scans.pass();
    reports.answer();
    assertThat(((LibrariesHeld) sent.get(2).get(0)).digest()).isEqualTo(held.digest());
    assertThat(((LibrariesHeld) sent.get(2).get(0)).loaded()).isNotEqualTo(held.loaded());

    // A collector that is new asks again.
    reports.wanted(new LibrariesWanted(null));
    reports.answer();
    assertThat(sent).hasSize(4);
  }

  @Test
  void run_answersFromItsOwnThread_andEndsWhenInterrupted() throws Exception {
    atStart.add(library("a.jar", "a", "1"));
    LibraryScans scans = scans();
    reports.whenAsked(scans::wake);
    Thread thread = new Thread(scans);
    thread.setDaemon(true);
    thread.start();
    reports.wanted(new LibrariesWanted(null));

    await().until(() -> !sent.isEmpty());
    thread.interrupt();
    thread.join(10_000);

    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void atStart_readsOptionsAndPaths() throws Exception {
    Path jar = library("m.jar", "m", "1");

    assertThat(
            FilePaths.atStart(
                "/a/b.jar::/a/../c.jar:bad\u0000path", folder.toString(), List.of("/agents/x.jar")))
        .containsExactly(Path.of("/a/b.jar"), Path.of("/c.jar"), jar, Path.of("/agents/x.jar"));
    assertThat(LoadedPlaces.place("jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/"))
        .isEqualTo("/app.jar!/BOOT-INF/lib/x.jar");
    assertThat(LoadedPlaces.place("jar:file:/app.jar!/BOOT-INF/classes!/")).isEqualTo("/app.jar");
    assertThat(LoadedPlaces.place("file:/a%zz.jar")).isEqualTo("/a%zz.jar");
    assertThat(LoadedPlaces.place("http://host/x.jar")).isNull();
  }

  private LibraryScans scans() {
    return scans(new Pace(FAST));
  }

  private LibraryScans scans(Pace pace) {
    return new LibraryScans(
        inventory,
        () -> atStart,
        new LoadedPlaces(() -> loaded.toArray(new Class<?>[0])),
        () -> {},
        pace,
        reports::answer);
  }

  private Path library(String file, String name, String version) throws IOException {
    return Files.write(folder.resolve(file), JarBuilder.library("com.example", name, version));
  }

  private Path jarWithThisClass(String file) throws IOException {
    String entry = JarBuilder.class.getName().replace('.', '/') + ".class";
    byte[] bytes = JarBuilder.class.getClassLoader().getResourceAsStream(entry).readAllBytes();
    return new JarBuilder().add(entry, bytes).write(folder.resolve(file));
  }

  private List<String> names() {
    return inventory.snapshot().entries().stream().map(LibraryEntry::name).toList();
  }

  private HeldLibrary find(String name, String version) {
    return inventory
        .matching(LibraryPattern.of(name), version == null ? null : VersionRange.of(version), 10)
        .get(0);
  }
}
