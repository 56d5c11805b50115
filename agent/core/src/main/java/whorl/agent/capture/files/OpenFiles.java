package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.kernel.FdTable;
import whorl.agent.capture.kernel.ProcFs;

/**
 * Finds the files that the application holds a lock on, or may be about to lock. A lock of {@code
 * fcntl(2)} belongs to the process, and the kernel drops it as soon as the process closes any
 * descriptor of that file. So a database would lose its lock if the agent read its file. Therefore
 * locked files are not opened, nor files that are open for reading and writing, as databases open
 * them.
 */
final class OpenFiles {
  private static final int FDS_MAX = 20_000;
  private static final int INFO_LINES = 64;
  private static final int ACCESS = 3;
  private static final int READ_WRITE = 2;

  private record Identity(long device, long inode) {}

  private record HeldFile(boolean locked, boolean readWrite) {}

  private final Map<Identity, HeldFile> heldFiles = new HashMap<>();
  private boolean incomplete;

  private OpenFiles() {}

  /** Reads the open files of this process. */
  static OpenFiles of(ProcFs proc) {
    OpenFiles open = new OpenFiles();
    try {
      List<Integer> numbers = new FdTable(proc).numbers();
      open.incomplete = numbers.size() > FDS_MAX;
      for (int number : numbers.subList(0, Math.min(FDS_MAX, numbers.size()))) {
        open.add(proc, number);
      }
    } catch (IOException unreadable) {
      open.incomplete = true;
    }
    return open;
  }

  /** Returns why the file must not be opened; null if it may be. */
  @Nullable String refusal(FileState state, boolean deleted) {
    if (incomplete) {
      return "which processes have it open is not known, and reading it might release a lock";
    }
    HeldFile heldFile = heldFiles.get(new Identity(state.device(), state.inode()));
    if (heldFile == null) {
      return null;
    }
    if (heldFile.locked()) {
      return "the application holds a lock on it, which to read it would release";
    }
    // Only a process that already has a deleted file open can request a lock on it.
    return heldFile.readWrite() && !deleted
        ? "the application has it open for reading and writing: to read it might release a lock"
        : null;
  }

  private void add(ProcFs proc, int number) {
    try {
      FileState state = FileState.read(Path.of("/proc/self/fd/" + number), true);
      if (!state.regular()) {
        return;
      }
      boolean locked = false;
      boolean readWrite = false;
      for (String line : proc.lines("proc/self/fdinfo/" + number, INFO_LINES)) {
        if (line.startsWith("flags:")) {
          readWrite = (Long.parseLong(line.substring(6).strip(), 8) & ACCESS) == READ_WRITE;
        } else if (line.startsWith("lock:")) {
          locked = true;
        }
      }
      heldFiles.merge(
          new Identity(state.device(), state.inode()),
          new HeldFile(locked, readWrite),
          (a, b) -> new HeldFile(a.locked() || b.locked(), a.readWrite() || b.readWrite()));
    } catch (IOException closedMeanwhile) {
      // A closed file holds no lock.
    } catch (NumberFormatException unknown) {
      incomplete = true;
    }
  }
}
