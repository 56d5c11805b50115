package whorl.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two libraries that are heavy on files and on sockets: what their authors test has the same result
 * with the agent as without, test by test.
 */
class PublishedTestsIT {
  private static final PublishedTests FILES =
      new PublishedTests(
          "commons-io",
          ".*Test",
          ".*\\.(ReadAheadInputStream|Tailer|FileCleaner|FileCleaningTracker|FileUtilsWaitFor"
              + "|MemoryMappedFileInputStream|FileUtilsListFiles)Test");
  private static final PublishedTests SOCKETS =
      new PublishedTests(
          "netty-testsuite",
          ".*\\.socket\\.(Socket|CompositeBuffer|Write|ServerSocket|DatagramUnicastInet).*Test",
          ".*(ConnectionAttempt|Ssl|Tls|Spdy|Traffic).*");

  /** A test that goes now this way and now that has so many chances to go as it did before. */
  private static final int CHANCES = 4;

  @TempDir Path folder;

  @ParameterizedTest(name = "{0} on {1}")
  @CsvSource({"files, 17", "files, 25", "sockets, 17", "sockets, 25"})
  void publishedTests_withTheAgent_goAsWithout(String of, int version) throws Exception {
    PublishedTests tests = of.equals("files") ? FILES : SOCKETS;
    Path javaHome = javaOrSkip(version);
    CompletableFuture<Outcomes> without = run(tests, javaHome, PublishedTests.With.NOTHING);
    CompletableFuture<Outcomes> with = run(tests, javaHome, PublishedTests.With.AGENT);

    Set<String> different = with.get().differentFrom(without.get());
    System.out.printf(
        "%s on %d: %d passed, %d failed without the agent; %d and %d with; different: %s%n",
        of,
        version,
        without.get().count("passed"),
        without.get().count("failure") + without.get().count("error"),
        with.get().count("passed"),
        with.get().count("failure") + with.get().count("error"),
        different);
    assertThat(without.get().count("passed")).isGreaterThan(of.equals("files") ? 5_000 : 60);
    for (int i = 0; i < CHANCES && !different.isEmpty(); i++) {
      Outcomes again =
          tests.again(
              javaHome,
              PublishedTests.With.AGENT,
              Files.createDirectories(folder.resolve("again" + i)),
              different);
      Outcomes againWithout =
          tests.again(
              javaHome,
              PublishedTests.With.NOTHING,
              Files.createDirectories(folder.resolve("without" + i)),
              different);
      different.retainAll(again.differentFrom(againWithout));
    }
    assertThat(different).isEmpty();
  }

  private CompletableFuture<Outcomes> run(
      PublishedTests tests, Path javaHome, PublishedTests.With with) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return tests.run(
                javaHome, with, Files.createDirectories(folder.resolve(with.toString())));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static Path javaOrSkip(int version) throws Exception {
    if (Runtime.version().feature() == version) {
      return Path.of(System.getProperty("java.home"));
    }
    Path place = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> homes = Files.newDirectoryStream(place, "*" + version + "*")) {
        for (Path home : homes) {
          if (Files.isExecutable(home.resolve("bin/java"))) {
            return home.toRealPath();
          }
        }
      }
    }
    assumeTrue(false, "no Java " + version + " on this machine");
    throw new IllegalStateException();
  }
}
