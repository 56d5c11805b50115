package whorl.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The table of pods, by name. */
final class Pods {
  private static final Path FOLDER =
      Path.of(System.getProperty("whorl.root", ".."), "deploy/src/test/resources/injection");

  private Pods() {}

  static Path file(String name) {
    return FOLDER.resolve(name);
  }

  static Map<String, Map<String, Object>> all() throws IOException {
    Map<String, Map<String, Object>> pods = new LinkedHashMap<>();
    for (Map<String, Object> pod : Manifests.parse(Files.readString(file("pods.yaml"))).all()) {
      if (pods.put(Manifests.name(pod), pod) != null) {
        throw new IllegalStateException("two pods of one name: " + Manifests.name(pod));
      }
    }
    return pods;
  }

  static Map<String, Object> pod(String name) throws IOException {
    return Objects.requireNonNull(all().get(name), name);
  }

  static String namespace(Map<String, Object> pod) {
    return String.valueOf(
        Manifests.map(Manifests.at(pod, "metadata")).getOrDefault("namespace", "shop"));
  }
}
