package whorl.agent.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Finds agents whose profiler raises JFR's stack depth, perhaps while JFR records. On Java 17 and
 * 21 HotSpot allocates a thread's buffer of frames at its first stack, for the depth of that
 * moment, but later fills it up to the depth of that later moment. If the depth was raised between
 * the two, deep stacks overwrite the C heap, and the JVM crashes in any of its parts. A depth that
 * is the largest from the start cannot be raised.
 */
final class ProfilingAgents {
  /** Datadog's, which sets 512 frames, or what dd.profiling.stackdepth says. */
  private static final String PREMAIN_PREFIX = "datadog.";

  /** Java 25 survives it; 22 to 24 were not tried. */
  private static final int SAFE_JAVA = 25;

  private ProfilingAgents() {}

  /**
   * True if one of the jars is such an agent. Whether its profiler is on is not asked: that may
   * stand in files or come from a server.
   */
  static boolean needDeepestStacks(List<String> agentJars) {
    return Runtime.version().feature() < SAFE_JAVA && among(agentJars);
  }

  static boolean among(List<String> agentJars) {
    for (String jar : agentJars) {
      String premain = premainClass(jar);
      if (premain != null && premain.startsWith(PREMAIN_PREFIX)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String premainClass(String jar) {
    try {
      Path path = Path.of(jar);
      return Files.isRegularFile(path) ? premainClass(path) : null; // a pipe would never end
    } catch (IOException | RuntimeException unreadable) {
      return null;
    }
  }

  private static @Nullable String premainClass(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      Manifest manifest = file.getManifest();
      return manifest == null ? null : manifest.getMainAttributes().getValue("Premain-Class");
    }
  }
}
