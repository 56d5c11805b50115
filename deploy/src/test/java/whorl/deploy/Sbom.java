package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The CycloneDX list of parts that a jar has in {@code META-INF/sbom}, where its manifest says. */
record Sbom(String text, List<Component> components) {
  static final Path AGENT = Command.ROOT.resolve("agent/dist/target/whorl-agent.jar");
  static final Path COLLECTOR = Command.ROOT.resolve("collector-server/target/whorl-collector.jar");

  /**
   * A part.
   *
   * @param licences names of SPDX, or those that the part's POM gives; one of them is enough
   * @param sha256 of the part's jar
   */
  record Component(
      String group,
      String name,
      String version,
      String purl,
      List<String> licences,
      String sha256) {
    /** Its jar: in the local repository, or in the module that makes it. */
    Path jar() throws IOException {
      String file = name + "-" + version + classifier() + ".jar";
      Path cached =
          Path.of(
                  System.getProperty(
                      "localRepository", System.getProperty("user.home") + "/.m2/repository"))
              .resolve(group.replace('.', '/'))
              .resolve(Path.of(name, version, file));
      if (!group.equals("whorl")) {
        return cached;
      }
      try (Stream<Path> folders = Files.walk(Command.ROOT.resolve("agent"), 1)) {
        return folders
            .map(folder -> folder.resolve("target").resolve(file))
            .filter(Files::exists)
            .findFirst()
            .orElse(cached);
      }
    }

    private String classifier() {
      int start = purl.indexOf("classifier=");
      return start < 0 ? "" : "-" + purl.substring(start + 11).replaceAll("&.*", "");
    }
  }

  static Sbom of(Path jar) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      String location = opened.getManifest().getMainAttributes().getValue("Sbom-Location");
      assertThat(location).as("Sbom-Location of " + jar).isNotNull();
      try (InputStream in = opened.getInputStream(opened.getEntry(location))) {
        return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  private static Sbom parse(String text) {
    Map<String, Object> bom =
        Manifests.map(new Load(LoadSettings.builder().build()).loadFromString(text));
    assertThat(bom).containsEntry("bomFormat", "CycloneDX");
    List<Component> components = new ArrayList<>();
    for (Map<String, Object> each : Manifests.maps(Manifests.at(bom, "components"))) {
      String sha256 =
          Manifests.maps(Manifests.at(each, "hashes")).stream()
              .filter(hash -> "SHA-256".equals(hash.get("alg")))
              .map(hash -> String.valueOf(hash.get("content")))
              .findFirst()
              .orElse("none");
      components.add(
          new Component(
              String.valueOf(each.get("group")),
              String.valueOf(each.get("name")),
              String.valueOf(each.get("version")),
              String.valueOf(each.get("purl")),
              licences(each),
              sha256));
    }
    return new Sbom(text, components);
  }

  private static List<String> licences(Map<String, Object> component) {
    if (!component.containsKey("licenses")) {
      return List.of();
    }
    List<String> licences = new ArrayList<>();
    for (Map<String, Object> each : Manifests.maps(Manifests.at(component, "licenses"))) {
      if (each.containsKey("license")) {
        Map<String, Object> licence = Manifests.map(each.get("license"));
        licences.add(String.valueOf(licence.getOrDefault("id", licence.get("name"))));
      } else {
        licences.add(String.valueOf(each.get("expression")));
      }
    }
    return licences;
  }

  static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
