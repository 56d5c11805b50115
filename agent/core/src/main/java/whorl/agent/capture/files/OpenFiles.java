package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.FdTable;
import whorl.agent.capture.ProcFs;

/**
 * Which files the application holds a lock on, or may be about to. A lock of {@code fcntl(2)}
 * belongs to the process, and the kernel drops it as soon as the process closes any descriptor of
 * that file: a data base would lose its lock because somebody read its file. So what is locked is
 * not opened, nor what is open for reading and writing, as data bases have it.
 */
final class OpenFiles {
  private static final int FDS_MAX = 20_000;
  private static final int INFO_LINES = 64;
  private static final int ACCESS = 3;
  private static final int READ_WRITE = 2;

  private record Identity(long device, long inode) {}

  private record Held(boolean locked, boolean readWrite) {}

  private final Map<Identity, Held> held = new HashMap<>();
  private boolean incomplete;

  private OpenFiles() {}

  /** Of this process, now. */
  static OpenFiles of(ProcFs proc) {
    OpenFiles open = new OpenFiles();
    try {
      List<Integer> numbers = new FdTable(proc).numbers();
      open.incomplete = numbers.size() > FDS_MAX;
      for (int number : numbers.subList(0, Math.min(FDS_MAX, numbers.size()))) {
        open.look(proc, number);
      }
    } catch (IOException unreadable) {
      open.incomplete = true;
    }
    return open;
  }

  /** Why it must not be opened; null when it may. */
  @Nullable String refusal(FileState state, boolean deleted) {
    if (incomplete) {
      return "who has it open cannot be told, and to read it might release a lock";
    }
    Held found = held.get(new Identity(state.device(), state.inode()));
    if (found == null) {
      return null;
    }
    if (found.locked()) {
      return "the application holds a lock on it, which to read it would release";
    }
    // Of a file without a name nobody can ask for a lock who has it not open already.
    return found.readWrite() && !deleted
        ? "the application has it open for reading and writing: to read it might release a lock"
        : null;
  }

  private void look(ProcFs proc, int number) {
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
      held.merge(
          new Identity(state.device(), state.inode()),
          new Held(locked, readWrite),
          (a, b) -> new Held(a.locked() || b.locked(), a.readWrite() || b.readWrite()));
    } catch (IOException closedMeanwhile) {
      // Then it holds no lock.
    } catch (NumberFormatException unknown) {
      incomplete = true;
    }
  }
}
