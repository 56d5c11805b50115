package whorl.agent.attach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of another JVM as far as {@code /proc} shows them: the command line, the variables
 * that HotSpot and its launcher read, and the files that these name.
 */
final class JvmFlags {
  private static final List<String> VARIABLES =
      List.of("JDK_JAVA_OPTIONS=", "JAVA_TOOL_OPTIONS=", "_JAVA_OPTIONS=");

  private static final List<String> FILES = List.of("@", "-XX:VMOptionsFile=", "-XX:Flags=");
  private static final int FILE_MAX_BYTES = 64 << 10;

  private final List<String> words = new ArrayList<>();

  /**
   * Reads them.
   *
   * @param root the root of the JVM's file system, for files that options name
   * @param workingFolder that relative names start from
   */
  JvmFlags(List<String> commandLine, List<String> environment, Path root, Path workingFolder) {
    for (String variable : environment) {
      for (String name : VARIABLES) {
        if (variable.startsWith(name)) {
          addAll(variable.substring(name.length()));
        }
      }
    }
    for (String argument : commandLine) {
      words.add(argument);
    }
    for (String word : List.copyOf(words)) {
      for (String prefix : FILES) {
        if (word.startsWith(prefix)) {
          addAll(content(word.substring(prefix.length()), root, workingFolder));
        }
      }
    }
  }

  /** True if any of these turns the flag on, or one of them could: the order does not matter. */
  boolean on(String flag) {
    String option = "+" + flag;
    return words.stream().anyMatch(word -> word.endsWith(option));
  }

  private void addAll(String text) {
    for (String word : text.split("[\\s\"']+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
  }

  private static String content(String name, Path root, Path workingFolder) {
    Path file =
        name.startsWith("/") ? root.resolve(name.substring(1)) : workingFolder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(FILE_MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      // The file is the JVM's own; if this process cannot read it, nothing is known about it.
      return "";
    }
  }
}
