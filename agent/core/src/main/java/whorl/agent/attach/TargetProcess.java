package whorl.agent.attach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process as {@code /proc} shows it.
 *
 * @param folder of the process in {@code /proc}
 * @param pid as this process sees it; {@code innerPid} within the process's own namespace
 * @param uid effective, as is {@code gid}, both in the namespace of this process
 * @param quitCaught true if the process handles SIGQUIT; others would be ended by it
 */
record TargetProcess(Path folder, long pid, long innerPid, int uid, int gid, boolean quitCaught) {
  private static final int SIGQUIT = 3;
  private static final int TEXT_MAX_BYTES = 1 << 20;
  private static final int SHOWN_MAX_CHARS = 80;
  private static final String AGENT_THREAD = "whorl-";

  /**
   * Reads what {@code /proc/PID/status} says, which everybody may.
   *
   * @param proc {@code /proc}
   * @throws Refusal if there is no such process
   */
  static TargetProcess of(Path proc, long pid) throws Refusal {
    return read(proc.resolve(Long.toString(pid)), pid);
  }

  /** This process. */
  static TargetProcess self(Path proc) throws Refusal {
    return read(proc.resolve("self"), ProcessHandle.current().pid());
  }

  private static TargetProcess read(Path folder, long pid) throws Refusal {
    Map<String, String> status = new HashMap<>();
    try {
      for (String line : Files.readAllLines(folder.resolve("status"))) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          status.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
      }
      String inner = last(status.getOrDefault("NSpid", Long.toString(pid)));
      long caught = Long.parseUnsignedLong(status.getOrDefault("SigCgt", "0"), 16);
      return new TargetProcess(
          folder,
          pid,
          Long.parseLong(inner),
          effective(status.get("Uid")),
          effective(status.get("Gid")),
          (caught >> (SIGQUIT - 1) & 1) != 0);
    } catch (IOException | NumberFormatException none) {
      throw new Refusal(
          "there is no process " + pid + " here",
          "give the id that this process sees: in a container that shares the process namespace"
              + " of another, the first process of that one often has the id 1");
    }
  }

  /** The second of four ids: the real, the effective, the saved and that of the file system. */
  private static int effective(@Nullable String ids) {
    if (ids == null) {
      throw new NumberFormatException("no ids");
    }
    return Integer.parseInt(ids.split("\\s+")[1]);
  }

  private static String last(String numbers) {
    String[] all = numbers.split("\\s+");
    return all[all.length - 1];
  }

  /** The root of its file system. */
  Path root() {
    return folder.resolve("root");
  }

  /** Its {@code /tmp}, through its root. */
  Path temporary() {
    return root().resolve("tmp");
  }

  /** Whether this process may look into it: its root, its files, its environment. */
  boolean accessible() {
    return link("root") != null && Files.isDirectory(root());
  }

  /** True if it runs HotSpot's library. Its maps must be readable. */
  boolean hasJvm() throws IOException {
    return maps().contains("/libjvm.so");
  }

  /** True if it runs OpenJ9's library. */
  boolean hasOpenJ9() throws IOException {
    return maps().contains("/libj9vm");
  }

  private String maps() throws IOException {
    return Files.readString(folder.resolve("maps"), StandardCharsets.ISO_8859_1);
  }

  /** True if threads of the agent run in it. */
  boolean hasAgent() {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(folder.resolve("task"))) {
      for (Path thread : threads) {
        if (text(thread.resolve("comm")).startsWith(AGENT_THREAD)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException gone) {
      // The process or one of its threads has ended: what follows will say so.
      return false;
    }
    return false;
  }

  /** The name of its program, as the kernel keeps it. */
  String program() {
    return text(folder.resolve("comm")).strip();
  }

  List<String> commandLine() {
    return List.of(text(folder.resolve("cmdline")).split("\0"));
  }

  List<String> environment() {
    return List.of(text(folder.resolve("environ")).split("\0"));
  }

  /** The target of a symbolic link in its folder, such as {@code ns/user}; null if unreadable. */
  @Nullable String link(String name) {
    try {
      return Files.readSymbolicLink(folder.resolve(name)).toString();
    } catch (IOException forbidden) {
      return null;
    }
  }

  /** Whether it is still there. */
  boolean alive() {
    return Files.exists(folder.resolve("status"), LinkOption.NOFOLLOW_LINKS);
  }

  /** For people: the id, and the main class or jar. */
  String describe() {
    return pid + " " + Printable.text(main(commandLine()), SHOWN_MAX_CHARS);
  }

  /** The first argument that is no option of the JVM, without its folders. */
  private String main(List<String> arguments) {
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("-cp") || argument.equals("-classpath") || argument.equals("-p")) {
        i++;
      } else if (!argument.startsWith("-") && !argument.startsWith("@")) {
        return argument.substring(argument.lastIndexOf('/') + 1);
      }
    }
    return program();
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(TEXT_MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      // Another user's process shows less; the checks say so where it matters.
      return "";
    }
  }
}
