package whorl.agent.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what this JVM and its container allow, each by a named check. The outcomes are the agent's
 * capabilities at the collector and in every capture's acquisition log.
 */
public final class Environment {
  private static final List<String> MODULES =
      List.of("jdk.jfr", "java.management", "jdk.management", "jdk.unsupported");

  /** The check of the folder for evidence, if there is one. */
  private static final String EVIDENCE_DIR = "evidence.dir";

  private static final long USEFUL_ROOM_BYTES = 1L << 30;

  private final Cgroup cgroup;
  private final List<WritableFolder> folders;
  private final @Nullable String evidenceProblem;
  private final Map<String, Object> capabilities;

  private Environment(
      Cgroup cgroup,
      List<WritableFolder> folders,
      @Nullable String evidenceProblem,
      Map<String, Object> capabilities) {
    this.cgroup = cgroup;
    this.folders = folders;
    this.evidenceProblem = evidenceProblem;
    this.capabilities = capabilities;
  }

  /**
   * Runs all checks; takes some milliseconds, so not on the application's main thread.
   *
   * @param preferred the configured folder, checked first; null for none
   * @param evidenceDir the folder for evidence, which is made; used for other things only if there
   *     is no other folder; null for none
   */
  public static Environment probe(Path root, @Nullable Path preferred, @Nullable Path evidenceDir) {
    Cgroup cgroup = Cgroup.of(root);
    String evidenceProblem = evidenceDir == null ? null : evidenceProblem(evidenceDir);
    List<WritableFolder> folders = new ArrayList<>();
    for (Path candidate : candidates(preferred, evidenceDir)) {
      WritableFolder folder = WritableFolder.probe(candidate);
      if (folder != null) {
        folders.add(folder);
      }
    }
    folders.sort(
        Comparator.comparing(WritableFolder::inMemory)
            .thenComparing(Comparator.comparingLong(Environment::usefulRoom).reversed()));
    Map<String, Object> capabilities = capabilities(root, cgroup, folders);
    if (evidenceDir != null) {
      capabilities.put(EVIDENCE_DIR, evidenceProblem == null ? true : evidenceProblem);
    }
    return new Environment(cgroup, List.copyOf(folders), evidenceProblem, capabilities);
  }

  /** More than a gigabyte makes no difference; then the order of the candidates counts. */
  private static long usefulRoom(WritableFolder folder) {
    return Math.min(folder.roomBytes(), USEFUL_ROOM_BYTES);
  }

  /** Returns writable folders, those on a disk first, then by free space. */
  public List<WritableFolder> writableFolders() {
    return folders;
  }

  /** Returns why no evidence can be kept in the folder for it; null if it can, or there is none. */
  public @Nullable String evidenceProblem() {
    return evidenceProblem;
  }

  public Cgroup cgroup() {
    return cgroup;
  }

  /** Returns each check's outcome by name: true, a figure, or the reason why not. */
  public Map<String, Object> capabilities() {
    return capabilities;
  }

  private static Map<String, Object> capabilities(
      Path root, Cgroup cgroup, List<WritableFolder> folders) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (String module : MODULES) {
      found.put(module, Modules.has(module) ? true : "not in this Java image");
    }
    found.put("ed25519", ed25519() ? true : "not in this Java image: manifests stay unsigned");
    List<Map<String, Object>> writable = new ArrayList<>();
    for (WritableFolder folder : folders) {
      writable.add(
          Map.of(
              "path", folder.path().toString(),
              "roomBytes", folder.roomBytes(),
              "inMemory", folder.inMemory()));
    }
    found.put("writableFolders", writable);
    found.put("memoryLimitBytes", cgroup.limitBytes());
    found.put("memoryHeadroomBytes", cgroup.headroomBytes());
    found.put(
        "proc", Files.isReadable(root.resolve("proc/self/status")) ? true : "/proc is not mounted");
    found.put("attach", attach());
    return found;
  }

  /** Heap snapshots need the attach listener, whose socket is in the temporary folder. */
  private static Object attach() {
    Path socket = Path.of("/tmp/.java_pid" + ProcessHandle.current().pid());
    if (Files.exists(socket)) {
      return true;
    }
    return "no attach socket: start with -XX:+StartAttachListener and a writable /tmp";
  }

  private static boolean ed25519() {
    try {
      KeyPairGenerator.getInstance("Ed25519");
      return true;
    } catch (NoSuchAlgorithmException absent) {
      return false;
    }
  }

  private static @Nullable String evidenceProblem(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".whorl", ".probe"));
      return null;
    } catch (IOException | UnsupportedOperationException | SecurityException notWritable) {
      String why = notWritable.getClass().getSimpleName();
      return folder + " cannot be written (" + why + "), so no evidence is kept there";
    }
  }

  private static Set<Path> candidates(@Nullable Path preferred, @Nullable Path evidenceDir) {
    Set<Path> candidates = new LinkedHashSet<>();
    if (preferred != null) {
      candidates.add(preferred.toAbsolutePath().normalize());
    }
    for (String name :
        new String[] {
          System.getProperty("java.io.tmpdir"),
          "/tmp",
          "/dev/shm",
          "/var/tmp",
          System.getProperty("user.home")
        }) {
      if (name != null && !name.isBlank() && !name.equals("?")) {
        try {
          candidates.add(Path.of(name).toAbsolutePath().normalize());
        } catch (InvalidPathException notAPath) {
          continue;
        }
      }
    }
    if (evidenceDir != null) {
      candidates.add(evidenceDir.toAbsolutePath().normalize());
    }
    return candidates;
  }
}
