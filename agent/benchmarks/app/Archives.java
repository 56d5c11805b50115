import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What a JVM starts faster from, made by a run of the application before: from Java 25 on an AOT
 * cache for each way, before that one archive of classes, which is made without an agent, since
 * HotSpot makes none with one.
 */
final class Archives {
  private static final int FIRST_WITH_AOT_CACHE_IN_ONE_STEP = 25;
  private static final String OPTIONS = "JAVA_TOOL_OPTIONS";

  private final Place place;
  private final Path home;
  private final App app;
  private final List<Path> jars;
  private final Path folder;
  private final boolean aot;
  private final Map<Way, Path> made = new HashMap<>();

  /**
   * @param app in a jar of its own, which archives can be made of
   * @param jars the benchmark's own first
   * @param folder for the archives
   */
  Archives(Place place, Path home, App app, List<Path> jars, Path folder) throws IOException {
    this.place = place;
    this.home = home;
    this.app = app;
    this.jars = jars;
    this.folder = folder;
    this.aot = feature(home) >= FIRST_WITH_AOT_CACHE_IN_ONE_STEP;
  }

  /** The variables of a run that starts from an archive; the first call for a way makes it. */
  Map<String, String> settings(Way way) throws IOException, InterruptedException {
    Way trained = aot ? way : Way.of("none");
    Path archive = made.get(trained);
    if (archive == null) {
      archive = folder.resolve(trained.label() + ".archive");
      train(trained, archive);
      made.put(trained, archive);
    }
    return Map.of(OPTIONS, (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
  }

  private void train(Way way, Path archive) throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.of(OPTIONS, (aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive);
    Path work = Files.createTempDirectory("training");
    try {
      try (Application application =
          new Application(place, home, app, jars.get(0), way, jars, settings, List.of(), work)) {
        application.secondsToFirstAnswer();
      }
      if (!Files.exists(archive)) {
        throw new IOException(
            "no " + archive + " came of the run: " + Files.readString(work.resolve("log")));
      }
    } finally {
      Application.delete(work);
    }
  }

  private static int feature(Path home) throws IOException {
    Properties release = new Properties();
    try (InputStream in = Files.newInputStream(home.resolve("release"))) {
      release.load(in);
    }
    return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", "")).feature();
  }
}
