package whorl.agent.hook.versions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each version of a hooked library verifies when it is woven, and what does not fit is listed. With
 * {@code -Dwhorl.versions=all} that is every version line since 2018, and docs/versions.md is
 * written; with {@code refresh} the newest versions are looked up first. Otherwise some lines.
 */
class VersionMatrixIT {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path VERSIONS = RESOURCES.resolve("versions.txt");
  private static final Path TABLE = Path.of("../../docs/versions.md");
  private static final String WANTED = System.getProperty("whorl.versions", "some");
  private static final VersionTable ROWS = new VersionTable();
  private static final MavenRepository REPOSITORY = new MavenRepository();

  /** Old and new shapes of the classes that matter most, in jars of moderate size. */
  private static final Set<String> SOME =
      Set.of(
          "io.vertx:vertx-core:3.5.0",
          "io.vertx:vertx-core:3.9.16",
          "org.apache.tomcat.embed:tomcat-embed-core:8.5.24",
          "org.eclipse.jetty:jetty-server:9.4.8.v20171121",
          "io.undertow:undertow-core:1.4.22.Final",
          "io.undertow:undertow-servlet:1.4.22.Final",
          "org.jboss.threads:jboss-threads:2.3.0.Final",
          "org.jboss.xnio:xnio-nio:3.5.4.Final",
          "io.netty:netty-common:4.1.19.Final",
          "io.netty:netty-transport:4.1.19.Final",
          "org.springframework:spring-expression:4.3.13.RELEASE",
          "ognl:ognl:3.1.15",
          "org.mvel:mvel2:2.4.0.Final",
          "org.apache.commons:commons-jexl:2.1.1",
          "org.apache.commons:commons-jexl3:3.1",
          "org.apache.velocity:velocity:1.7",
          "org.apache-extras.beanshell:bsh:2.0b6",
          "de.odysseus.juel:juel-impl:2.2.7",
          "xerces:xercesImpl:2.11.0");

  @BeforeAll
  static void refresh() throws Exception {
    if (WANTED.equals("refresh")) {
      List<String> lines = new ArrayList<>();
      lines.add("# Written by VersionMatrixIT from what the repository lists; see libraries.txt.");
      for (Library library : Library.read(RESOURCES.resolve("libraries.txt"))) {
        for (String version : VersionLines.choose(REPOSITORY.versions(library), library)) {
          lines.add(library.groupId() + ":" + library.artifactId() + ":" + version);
        }
      }
      Files.write(VERSIONS, lines);
    }
  }

  static Stream<Coordinates> versions() throws IOException {
    Set<Coordinates> all = new LinkedHashSet<>();
    for (String line : Files.readAllLines(VERSIONS)) {
      if (!line.startsWith("#") && (!WANTED.equals("some") || SOME.contains(line.strip()))) {
        all.add(Coordinates.of(line));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("versions")
  void hookedClasses_verify_andWhatDoesNotFitIsSaid(Coordinates jar) throws Exception {
    JarCheck check = JarCheck.of(REPOSITORY.jar(jar));
    ROWS.add(jar, check);

    assertThat(check.errors()).isEmpty();
    assertThat(check.classes() + check.notHooked().size()).as("hooked or said").isPositive();
  }

  @AfterAll
  static void write() throws IOException {
    if (!WANTED.equals("some")) {
      ROWS.write(TABLE, Library.read(RESOURCES.resolve("libraries.txt")), versions().toList());
    }
  }
}
