package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.kernel.FdTable;
import whorl.agent.capture.kernel.ProcFs;

/** Finds deleted files that the process still holds open or mapped. */
final class DeletedFiles {
  private static final String DELETED = " (deleted)";
  private static final int MAPS_MAX = 100_000;

  /** Files of HotSpot: performance counters, and heaps in memory files. */
  private static final List<String> JVM_FILES =
      List.of("/memfd:java_heap", "/memfd:doublemapper", "/dev/zero", "/SYSV", "/[aio]");

  private static final Pattern COUNTERS =
      Pattern.compile("/hsperfdata_[^/]+/[0-9]+ \\(deleted\\)$");

  private final ProcFs proc;
  private final List<FoundFile> found = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private DeletedFiles(ProcFs proc) {
    this.proc = proc;
  }

  static List<FoundFile> of(ProcFs proc) throws IOException {
    DeletedFiles deletedFiles = new DeletedFiles(proc);
    deletedFiles.addOpenFiles();
    deletedFiles.addMappedFiles();
    return deletedFiles.found;
  }

  private void addOpenFiles() throws IOException {
    FdTable fds = new FdTable(proc);
    for (int number : fds.numbers()) {
      String target = fds.target(number);
      if (target == null || !target.endsWith(DELETED) || isJvmFile(target)) {
        continue;
      }
      Path procPath = Path.of("/proc/self/fd/" + number);
      FileState state = stateOrNull(procPath);
      if (state != null && state.regular() && seen.add(key(target, state.inode()))) {
        found.add(new FoundFile(name(target), procPath, state, FoundFile.Why.DELETED_OPEN));
      }
    }
  }

  private void addMappedFiles() throws IOException {
    for (String line : proc.lines("proc/self/maps", MAPS_MAX)) {
      // address perms offset device inode path
      String[] parts = line.split("\\s+", 6);
      if (parts.length < 6 || !parts[5].endsWith(DELETED) || isJvmFile(parts[5])) {
        continue;
      }
      if (seen.add(key(parts[5], numberOrZero(parts[4])))) {
        Path procPath = Path.of("/proc/self/map_files/" + parts[0]);
        FileState state = stateOrNull(procPath);
        found.add(
            new FoundFile(
                name(parts[5]), state == null ? null : procPath, state, FoundFile.Why.MAPPED_GONE));
      }
    }
  }

  private static String key(String target, long inode) {
    return inode + " " + target;
  }

  private static String name(String target) {
    return target.substring(0, target.length() - DELETED.length());
  }

  private static boolean isJvmFile(String target) {
    return JVM_FILES.stream().anyMatch(target::startsWith) || COUNTERS.matcher(target).find();
  }

  private static long numberOrZero(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }

  private static @Nullable FileState stateOrNull(Path procPath) {
    try {
      return FileState.read(procPath, true);
    } catch (IOException closedOrForbidden) {
      return null;
    }
  }
}
