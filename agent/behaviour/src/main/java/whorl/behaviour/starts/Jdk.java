package whorl.behaviour.starts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A Java to start programs with. */
record Jdk(int feature, Path home) {
  private static final List<Integer> LONG_TERM = List.of(17, 21, 25);
  private static final Path PLACE = Path.of("/usr/lib/jvm");

  static Jdk of(Path home) throws IOException {
    Properties release = new Properties();
    try (var in = Files.newBufferedReader(home.resolve("release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return new Jdk(Integer.parseInt(version.split("[.+-]", -1)[0]), home.toRealPath());
  }

  /** One of each long-term release that lies where Linux distributions put them. */
  static List<Jdk> installed() throws IOException {
    Map<Integer, Jdk> found = new TreeMap<>();
    if (Files.isDirectory(PLACE)) {
      try (DirectoryStream<Path> homes = Files.newDirectoryStream(PLACE)) {
        for (Path home : homes) {
          if (Files.isExecutable(home.resolve("bin/java"))
              && Files.isReadable(home.resolve("release"))) {
            Jdk jdk = of(home);
            found.putIfAbsent(jdk.feature(), jdk);
          }
        }
      }
    }
    found.keySet().retainAll(LONG_TERM);
    return List.copyOf(found.values());
  }

  String java() {
    return home.resolve("bin/java").toString();
  }

  String jcmd() {
    return home.resolve("bin/jcmd").toString();
  }
}
