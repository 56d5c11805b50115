package whorl.agent;

import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;

/** The agent's own jar. If the agent was loaded into a running JVM, the file is gone. */
final class OwnJar {
  private OwnJar() {}

  /** Its absolute path; empty if the agent was not loaded from a jar. */
  static Path path() {
    CodeSource source = OwnJar.class.getProtectionDomain().getCodeSource();
    return source == null
        ? Path.of("")
        : Path.of(URI.create(source.getLocation().toString())).toAbsolutePath().normalize();
  }
}
