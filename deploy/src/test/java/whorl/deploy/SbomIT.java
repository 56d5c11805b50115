package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** The lists of parts say what is in the jars: all of it, and nothing else. */
class SbomIT {
  @Test
  void agent() throws IOException {
    assumeJar(Sbom.AGENT);
    Set<String> classes = new HashSet<>();
    try (JarFile jar = new JarFile(Sbom.AGENT.toFile())) {
      // Byte Buddy's classes, and all libraries, are in an archive within
      ZipEntry archive = jar.getEntry("META-INF/whorl/agent.zip");
      byte[] bytes = jar.getInputStream(archive).readAllBytes();
      try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          classes.add(entry.getName());
        }
      }
      jar.stream().map(ZipEntry::getName).filter(name -> !inMetaInf(name)).forEach(classes::add);
    }
    check(Sbom.of(Sbom.AGENT), classes);
  }

  @Test
  void collector() throws IOException {
    assumeJar(Sbom.COLLECTOR);
    Set<String> classes = new HashSet<>();
    try (JarFile jar = new JarFile(Sbom.COLLECTOR.toFile())) {
      jar.stream().map(ZipEntry::getName).forEach(classes::add);
    }
    // its own, which no part brings
    try (var own = Files.walk(Command.ROOT.resolve("collector-server/target/classes"))) {
      Path root = Command.ROOT.resolve("collector-server/target/classes");
      own.forEach(each -> classes.remove(root.relativize(each).toString()));
    }
    check(Sbom.of(Sbom.COLLECTOR), classes);
  }

  /** Its POM says "The BSD License" only, which is easily taken for the one with four clauses. */
  @Test
  void licenceOfJLine_isTheOneOfItsText() throws IOException {
    assumeJar(Sbom.COLLECTOR);
    List<Sbom.Component> parts =
        Sbom.of(Sbom.COLLECTOR).components().stream()
            .filter(each -> each.group().equals("org.jline"))
            .toList();
    assertThat(parts).isNotEmpty();
    assertThat(parts).allMatch(each -> each.licences().equals(List.of("BSD-3-Clause")));
  }

  private static void check(Sbom sbom, Set<String> entries) throws IOException {
    Map<String, Set<String>> ofParts = new HashMap<>();
    for (Sbom.Component each : sbom.components()) {
      Path jar = each.jar();
      assertThat(jar).as(each.purl()).exists();
      assertThat(Sbom.sha256(jar)).as(each.purl()).isEqualTo(each.sha256());
      ofParts.put(each.purl(), names(jar));
    }
    Set<String> unexplained = new TreeSet<>();
    for (String entry : entries) {
      if (entry.endsWith(".class") && ofParts.values().stream().noneMatch(p -> p.contains(entry))) {
        unexplained.add(entry);
      }
    }
    assertThat(unexplained).as("classes of no part in the list").isEmpty();
    Set<String> absent = new TreeSet<>();
    ofParts.forEach(
        (part, names) -> {
          if (names.stream().noneMatch(name -> !name.endsWith("/") && entries.contains(name))) {
            absent.add(part);
          }
        });
    assertThat(absent).as("listed parts that are not in the jar").isEmpty();
    assertThat(sbom.text())
        .as("says nothing of when and where it was made")
        .doesNotContain("\"timestamp\"")
        .doesNotContain(System.getProperty("user.home"));
  }

  private static Set<String> names(Path jar) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      return new HashSet<>(opened.stream().map(ZipEntry::getName).toList());
    }
  }

  private static boolean inMetaInf(String name) {
    return name.startsWith("META-INF/");
  }

  private static void assumeJar(Path jar) {
    List<String> missing = Files.exists(jar) ? List.of() : List.of(jar.toString());
    missing.forEach(each -> System.out.println("SKIPPED: no " + each + " (mvn package makes it)"));
    assumeTrue(missing.isEmpty(), "no jar");
  }
}
