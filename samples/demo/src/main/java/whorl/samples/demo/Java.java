package whorl.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Java installations on this machine. */
final class Java {
  private static final Path FOLDER = Path.of("/usr/lib/jvm");

  private Java() {}

  /** The one that runs this. */
  static Path own() {
    return Path.of(System.getProperty("java.home"));
  }

  /**
   * The home of this version: the system property {@code whorl.jdk.25} (or 17, …), this very Java,
   * or one in {@code /usr/lib/jvm}; null when there is none.
   */
  static @Nullable Path home(int version) {
    String named = System.getProperty("whorl.jdk." + version);
    if (named != null) {
      return Path.of(named);
    }
    if (Runtime.version().feature() == version) {
      return own();
    }
    if (!Files.isDirectory(FOLDER)) {
      return null;
    }
    try (DirectoryStream<Path> homes = Files.newDirectoryStream(FOLDER)) {
      for (Path home : homes) {
        Path release = home.resolve("release");
        if (Files.isExecutable(home.resolve("bin/java"))
            && Files.isRegularFile(release)
            && Files.readString(release).contains("JAVA_VERSION=\"" + version)) {
          return home;
        }
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look through " + FOLDER, e);
    }
  }

  /** For what runs some seconds or minutes: the better compiler would cost more than it saves. */
  static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** A command that runs a jar, without any flag of the environment that started us. */
  static ProcessBuilder jar(Path home, List<String> flags, Path jar, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/java").toString());
    command.addAll(flags);
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder;
  }
}
