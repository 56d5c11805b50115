package whorl.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * An image in a tar file, as OCI's image layout has it: {@code index.json} names the manifest, and
 * that names configuration and layers, each a file {@code blobs/sha256/…}.
 *
 * @param digest the manifest's, which a registry gives the image too
 * @param configuration OCI's image configuration
 * @param layers the names of the files of each layer, folders left out; those of the base come
 *     first
 */
record Image(String digest, Map<String, Object> configuration, List<List<String>> layers) {

  static Image read(Path tar) throws IOException {
    Map<String, Object> index = json(tar, "index.json");
    String digest = String.valueOf(Manifests.at(index, "manifests", 0, "digest"));
    Map<String, Object> manifest = json(tar, blob(digest));
    String configuration = String.valueOf(Manifests.at(manifest, "config", "digest"));
    List<List<String>> layers = new ArrayList<>();
    for (Map<String, Object> layer : Manifests.maps(Manifests.at(manifest, "layers"))) {
      layers.add(files(tar, blob(String.valueOf(layer.get("digest")))));
    }
    return new Image(digest, json(tar, blob(configuration)), layers);
  }

  /** What of the configuration is handed to a container engine: user, entry point, labels. */
  Map<String, Object> run() {
    return Manifests.map(Manifests.at(configuration, "config"));
  }

  List<String> lastLayer() {
    return layers.get(layers.size() - 1);
  }

  private static String blob(String digest) {
    return "blobs/" + digest.replace(':', '/');
  }

  private static Map<String, Object> json(Path tar, String name) throws IOException {
    String text = Command.run(60, List.of("tar", "-xOf", tar.toString(), name)).orFail();
    return Manifests.map(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  private static List<String> files(Path tar, String name) throws IOException {
    Path folder = Files.createTempDirectory("layer");
    try {
      Command.run(60, List.of("tar", "-xf", tar.toString(), "-C", folder.toString(), name))
          .orFail();
      Path layer = folder.resolve(name);
      String list =
          Command.run(60, List.of("tar", "--warning=none", "-tf", layer.toString())).orFail();
      Files.delete(layer);
      return list.lines().filter(each -> !each.endsWith("/")).sorted().toList();
    } finally {
      Command.run(60, List.of("rm", "-rf", folder.toString())).orFail();
    }
  }
}
