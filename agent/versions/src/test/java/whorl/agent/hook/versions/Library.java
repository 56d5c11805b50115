package whorl.agent.hook.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A jar with hooked classes.
 *
 * @param first the oldest version that is looked at
 * @param before the first version that is not; empty while there is none
 */
record Library(String name, String groupId, String artifactId, String first, String before) {
  private static final Pattern LINE =
      Pattern.compile("(.+?) {2,}(\\S+):(\\S+) +(\\S+)(?: +before (\\S+))?");

  static List<Library> read(Path file) throws IOException {
    List<Library> libraries = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#") && !line.isBlank()) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IllegalArgumentException(
              "not of the form name, group:artifact, version: " + line);
        }
        libraries.add(
            new Library(
                parts.group(1),
                parts.group(2),
                parts.group(3),
                parts.group(4),
                Objects.requireNonNullElse(parts.group(5), "")));
      }
    }
    return libraries;
  }

  boolean has(Coordinates jar) {
    return jar.groupId().equals(groupId) && jar.artifactId().equals(artifactId);
  }
}
