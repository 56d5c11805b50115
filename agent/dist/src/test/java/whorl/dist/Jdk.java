package whorl.dist;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Java of this machine: the one that runs the tests, and those in {@code /usr/lib/jvm}; one for
 * each feature release from 17 on.
 */
record Jdk(int feature, Path home) {
  /** {@code -Dwhorl.jdks=all} tries those between the oldest and the newest, and cases on each. */
  private static final boolean ALL = "all".equals(System.getProperty("whorl.jdks"));

  private static final Map<Class<?>, AtomicInteger> TURNS = new ConcurrentHashMap<>();

  /** The oldest and the newest, or all. */
  static List<Jdk> installed() throws IOException {
    List<Jdk> all = all();
    return ALL || all.size() < 3 ? all : List.of(all.get(0), all.get(all.size() - 1));
  }

  /**
   * What one case of many is tried on: the JDKs take turns, or it is tried on all.
   *
   * @param number of the case
   * @param least feature release that it needs
   */
  static List<Jdk> inTurn(int number, int least) throws IOException {
    List<Jdk> able = installed().stream().filter(jdk -> jdk.feature() >= least).toList();
    return ALL || able.isEmpty() ? able : List.of(able.get(number % able.size()));
  }

  /**
   * What a method of a test class is tried on where each would take long: in the order of the
   * methods the JDKs take turns, or it is tried on all.
   */
  static Stream<Jdk> nextOf(Class<?> test) throws IOException {
    List<Jdk> jdks = installed();
    int turn = TURNS.computeIfAbsent(test, first -> new AtomicInteger()).getAndIncrement();
    return ALL ? jdks.stream() : Stream.of(jdks.get(turn % jdks.size()));
  }

  private static List<Jdk> all() throws IOException {
    Map<Integer, Jdk> found = new TreeMap<>();
    List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    Path place = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(place)) {
        folders.forEach(homes::add);
      }
    }
    for (Path home : homes) {
      Path release = home.resolve("release");
      if (Files.isExecutable(home.resolve("bin/java")) && Files.isReadable(release)) {
        int feature = feature(release);
        if (feature >= 17) {
          found.putIfAbsent(feature, new Jdk(feature, home.toRealPath()));
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** Those that can link images. */
  static List<Jdk> withJlink() throws IOException {
    return installed().stream()
        .filter(jdk -> Files.isExecutable(jdk.home().resolve("bin/jlink")))
        .filter(jdk -> Files.isDirectory(jdk.home().resolve("jmods")) || jdk.feature() >= 24)
        .toList();
  }

  private static int feature(Path release) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(release)) {
      properties.load(in);
    }
    String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Integer.parseInt(version.split("[.+-]")[0]);
  }

  @Override
  public String toString() {
    return "Java " + feature;
  }
}
