package whorl.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Libraries for files, archives, sockets, buffers, threads, reflection and generated classes: what
 * their authors test has the same result with the agent as without, test by test. Two run always,
 * each on one Java; with {@code -Dwhorl.published=all} the build copies the others' jars, and they
 * run too; with names, separated by commas, these alone.
 */
class PublishedTestsIT {
  private static final String WANTED = System.getProperty("whorl.published", "");

  private static final List<PublishedTests> LIBRARIES =
      List.of(
          new PublishedTests(
              "commons-io",
              "commons-io",
              ".*Test",
              ".*\\.(ReadAheadInputStream|Tailer|FileCleaner|FileCleaningTracker|FileUtilsWaitFor"
                  + "|MemoryMappedFileInputStream|FileUtilsListFiles)Test",
              5_000),
          new PublishedTests(
              "netty-testsuite",
              "netty-testsuite",
              ".*\\.socket\\.(Socket|CompositeBuffer|Write|ServerSocket|DatagramUnicastInet).*Test",
              ".*(ConnectionAttempt|Ssl|Tls|Spdy|Traffic).*",
              60),
          new PublishedTests("compress", "commons-compress", ".*Test", ".*(osgi|Osgi).*", 1_000),
          // BCELifierTest gives its children this JVM's options and compiles all that they say, the
          // agent's line on standard error as well.
          new PublishedTests("bcel", "bcel", ".*Test(Case)?", ".*BCELifierTest", 400),
          // One of Base64Test's methods fills three GiB; those on languages take minutes.
          new PublishedTests(
              "codec",
              "commons-codec",
              ".*\\.(binary|digest|net|cli)\\..*Test",
              ".*Base64Test",
              200),
          new PublishedTests("pool2", "commons-pool2", ".*Test.*", ".*Perf.*", 100),
          new PublishedTests(
              "netty-buffer",
              "netty-buffer",
              ".*\\.(LittleEndian|BigEndian|ByteBuf|Default|ReadOnly|Sliced|Duplicated|Unpooled|Fixed"
                  + "|Wrapped)[A-Za-z]*Test",
              ".*(Leak|Retained|Allocator).*",
              500));

  /** What the short form runs, and on which Java. */
  private static final Map<String, Integer> SHORT = Map.of("commons-io", 25, "netty-testsuite", 17);

  /** A test that goes now this way and now that has so many chances to go as it did before. */
  private static final int CHANCES = 4;

  @TempDir Path folder;

  static Stream<Arguments> libraries() {
    return Stream.of(17, 25)
        .flatMap(
            version ->
                LIBRARIES.stream()
                    .filter(tests -> isWanted(tests.library(), version))
                    .map(tests -> Arguments.of(tests, version)));
  }

  private static boolean isWanted(String library, int version) {
    return switch (WANTED) {
      case "" -> Integer.valueOf(version).equals(SHORT.get(library));
      case "all" -> true;
      default -> List.of(WANTED.split(",")).contains(library);
    };
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("libraries")
  void publishedTests_withTheAgent_goAsWithout(PublishedTests tests, int version) throws Exception {
    Path javaHome = javaOrSkip(version);
    CompletableFuture<Outcomes> without = run(tests, javaHome, PublishedTests.With.NOTHING);
    CompletableFuture<Outcomes> with = run(tests, javaHome, PublishedTests.With.AGENT);

    Set<String> different = with.get().differentFrom(without.get());
    System.out.printf(
        "%s on %d: %d passed, %d failed without the agent; %d and %d with; different: %s%n",
        tests.library(),
        version,
        without.get().count("passed"),
        without.get().count("failure") + without.get().count("error"),
        with.get().count("passed"),
        with.get().count("failure") + with.get().count("error"),
        different);
    assertThat(without.get().count("passed")).isGreaterThan(tests.passedAtLeast());
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
