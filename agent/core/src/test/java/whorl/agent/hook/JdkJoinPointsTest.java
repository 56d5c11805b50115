package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;

/**
 * Each join point in a class of the JDK exists in this JDK and in each newer one of this machine.
 * Some join points depend on the version of the JVM, so an older JDK's classes need others.
 */
class JdkJoinPointsTest {
  /** This JDK, and those in the folder where Linux distributions install them. */
  static Stream<Path> jdks() throws IOException {
    Map<Path, Path> homes = new LinkedHashMap<>();
    List<Path> candidates = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    Path place = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(place)) {
        folders.forEach(candidates::add);
      }
    }
    for (Path home : candidates) {
      if (Files.isReadable(home.resolve("lib/modules"))
          && Files.isReadable(home.resolve("lib/jrt-fs.jar"))
          && feature(home) >= Runtime.version().feature()) {
        homes.putIfAbsent(home.toRealPath(), home);
      }
    }
    return homes.keySet().stream();
  }

  private static int feature(Path home) throws IOException {
    Properties release = new Properties();
    try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION", "\"0\"").replace("\"", "");
    return Integer.parseInt(version.split("[.+-]")[0]);
  }

  private static Hooks allHooks() {
    return Hooks.of(new EventSink(new EpochClock()), Set.of(), "/", thread -> false);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void joinPointsInTheJdk_areAllFound(Path home) throws Exception {
    Hooks hooks = allHooks();
    int woven = 0;
    try (FileSystem image =
        FileSystems.newFileSystem(URI.create("jrt:/"), Map.of("java.home", home.toString()))) {
      for (Path type : hookedClasses(hooks, image)) {
        byte[] original = Files.readAllBytes(type);
        String file = type.subpath(2, type.getNameCount()).toString();
        if (hooks.woven(file.substring(0, file.length() - ".class".length()), original)
            != original) {
          woven++;
        }
      }
    }

    assertThat(hooks.notWoven()).isEmpty();
    assertThat(woven).isGreaterThan(50);
  }

  /** An optional join point, which the test above does not miss. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("jdks")
  void references_areObservedWhereTheJdksOwnContextsResolveThem(Path home) throws Exception {
    String helper = "com/sun/naming/internal/NamingManagerHelper";
    try (FileSystem image =
        FileSystems.newFileSystem(URI.create("jrt:/"), Map.of("java.home", home.toString()))) {
      Path file = image.getPath("/modules/java.naming", helper + ".class");
      assumeTrue(Files.exists(file), "the contexts call the public method");
      byte[] original = Files.readAllBytes(file);

      assertThat(allHooks().woven(helper, original)).isNotSameAs(original);
    }
  }

  private static List<Path> hookedClasses(Hooks hooks, FileSystem image) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(image.getPath("/modules"))) {
      for (Path module : modules.toList()) {
        for (String name : hooks.hookedClasses()) {
          Path file = module.resolve(name + ".class");
          if (Files.exists(file)) {
            files.add(file);
          }
        }
      }
    }
    return files;
  }
}
