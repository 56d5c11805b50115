package whorl.agent.hook.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** docs/versions.md. */
final class VersionTable {
  private static final String HEAD =
      """
      # Versions of hooked libraries

      The agent weaves its hooks into classes of these libraries. For each version line since 2018
      this table has the oldest and the newest version. Every hooked class of these jars was woven
      and verified by a JVM, and servers were asked for an answer. A join point whose method or field has
      another shape is not hooked: the application runs as it does without the agent, and the
      agent's status at the collector (`whorl agents`, capability `hooks`) has the sentence that
      stands here. A class or a method that a version does not have at all is not listed. Two
      versions of one library may hook different numbers of methods because the library moved them.

      Libraries that are not here have no hook of their own: logging frameworks, JDBC drivers and
      HTTP clients are seen through the JDK classes that they use.

      The table is written by `mvn -pl agent/versions -am verify -Dwhorl.versions=all`; with
      `-Dwhorl.versions=refresh` the repository is asked for newer versions first. The versions are
      in `agent/versions/src/test/resources/versions.txt`.

      """;

  private final Map<Coordinates, JarCheck> rows = new ConcurrentHashMap<>();

  void add(Coordinates jar, JarCheck check) {
    rows.put(jar, check);
  }

  /** Writes the rows in the order of {@code jars}. */
  void write(Path file, List<Library> libraries, List<Coordinates> jars) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    text.append("| Library | Version | Classes | Methods | Not hooked, and said |\n");
    text.append("|---|---|---|---|---|\n");
    for (Coordinates jar : jars) {
      JarCheck check = rows.get(jar);
      if (check == null) {
        continue;
      }
      String name =
          libraries.stream()
              .filter(one -> one.has(jar))
              .map(Library::name)
              .findFirst()
              .orElse(jar.artifactId());
      List<String> said = new ArrayList<>(check.notHooked());
      check.errors().forEach(error -> said.add("**error** " + error));
      text.append("| ").append(name);
      text.append(" | ").append(jar.version());
      text.append(" | ").append(check.classes());
      text.append(" | ").append(check.methods());
      text.append(" | ").append(String.join("<br>", said)).append(" |\n");
    }
    Files.writeString(file, text.toString());
  }
}
