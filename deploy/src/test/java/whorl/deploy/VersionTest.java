package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The version is the same everywhere: {@code .ci/version} changes all of it. */
class VersionTest {
  private static final Pattern OF_A_PROJECT =
      Pattern.compile("<artifactId>whorl[a-z-]*</artifactId>\\s*<version>([^<]*)</version>");

  private static final Pattern SHOWN =
      Pattern.compile(
          "(?:whorl-(?:agent|agent-installer|collector):|attached: )(\\d+\\.\\d+\\.\\d+[\\w.-]*)");

  private final String version;

  VersionTest() throws IOException {
    version = Command.run(60, List.of(".ci/version")).orFail().strip();
  }

  @Test
  void projects() throws IOException {
    List<Path> poms = poms();
    assertThat(poms).hasSizeGreaterThan(30);
    for (Path pom : poms) {
      Matcher found = OF_A_PROJECT.matcher(Files.readString(pom));
      List<String> versions = found.results().map(each -> each.group(1)).toList();
      assertThat(versions).as(pom + ": project or parent").isNotEmpty();
      assertThat(versions).as(pom.toString()).isSubsetOf(version, "${project.version}");
    }
  }

  @Test
  void chart() throws IOException {
    String chart = Files.readString(Command.ROOT.resolve("deploy/helm/whorl/Chart.yaml"));
    assertThat(chart.lines()).contains("version: " + version, "appVersion: " + version);
  }

  @Test
  void descriptionOfTheApi() throws IOException {
    Path description = Command.ROOT.resolve("collector-server/src/main/resources/openapi.yaml");
    assertThat(Files.readString(description).lines()).contains("  version: " + version);
  }

  @Test
  void changelog() throws IOException {
    assertThat(Files.readAllLines(Command.ROOT.resolve("CHANGELOG.md")))
        .as("a heading of this version, which says that it is released")
        .anyMatch(line -> line.startsWith("## " + version) && !line.contains("not yet released"));
  }

  /** Tags of images, and what attach prints. */
  @Test
  void documents() throws IOException {
    List<String> others = new ArrayList<>();
    int shown = 0;
    try (Stream<Path> files = Files.list(Command.ROOT.resolve("docs"))) {
      for (Path each : files.filter(file -> file.toString().endsWith(".md")).toList()) {
        Matcher found = SHOWN.matcher(Files.readString(each));
        while (found.find()) {
          shown++;
          if (!found.group(1).equals(version) && !each.endsWith("releases.md")) {
            others.add(each.getFileName() + ": " + found.group());
          }
        }
      }
    }
    assertThat(others).isEmpty();
    assertThat(shown).isGreaterThan(3);
  }

  private static List<Path> poms() throws IOException {
    List<Path> poms = new ArrayList<>();
    Set<String> left = Set.of("target", "src", ".git", "node_modules");
    Files.walkFileTree(
        Command.ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(Command.ROOT) && left.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.getFileName().toString().equals("pom.xml")) {
              poms.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return poms;
  }
}
