package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import whorl.evidence.library.LibraryEntry;

/** Jars of the application and what they say of themselves; an intruder may have made them. */
class LibrariesFuzzTest {
  private static final int ENTRIES_MAX = 50;
  private static final long FAST = 1L << 40;

  @FuzzTest
  void anyJar_isListedOrRefused(byte[] input) throws IOException {
    Path file = Files.createTempFile("fuzz", ".jar");
    try {
      Files.write(file, input);
      JarScan.Scanned scanned = new JarScan(new Pace(FAST), ENTRIES_MAX).read(file);
      assertThat(scanned).isNotNull();
      assertThat(scanned.entries()).isNotEmpty().hasSizeLessThanOrEqualTo(ENTRIES_MAX);
      for (LibraryEntry entry : scanned.entries()) {
        assertThat(entry.path()).startsWith(file.toString());
        assertThat(entry.name()).hasSizeLessThanOrEqualTo(LibraryEntry.TEXT_MAX_CHARS);
      }
      if (scanned.classPath() != null) {
        assertThat(FilePaths.classPath(file, scanned.classPath())).doesNotContainNull();
      }
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest
  void anyDescription_namesSomething(byte[] input) {
    JarDescription description = new JarDescription();
    description.manifest(input);
    description.pom(input);
    List<LibraryEntry> entries = description.entries("/app/lib/x-1.jar", null, 0, null);
    assertThat(entries.get(0).name()).isNotEmpty();
  }

  @FuzzTest
  void anyText_isAPlaceOrNone(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    for (String source : new String[] {text, "file:/" + text, "jar:nested:/" + text}) {
      String place = LoadedPlaces.place(source);
      assertThat(place == null || place.startsWith("/")).isTrue();
    }
    assertThat(FilePaths.classPath(Path.of("/app/x.jar"), text)).allMatch(Path::isAbsolute);
    assertThat(FilePaths.atStart(text, "", List.of(text))).allMatch(Path::isAbsolute);
    assertThat(FileNames.of(text).name()).isNotNull();
  }
}
