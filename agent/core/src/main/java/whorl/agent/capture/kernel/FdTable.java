package whorl.agent.capture.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the process's open file descriptors from {@code /proc/self/fd} and {@code fdinfo}. */
public final class FdTable {
  private static final String DELETED = " (deleted)";
  private static final int FDS_MAX = 100_000;

  /**
   * One descriptor, a line of {@code fds.ndjson}.
   *
   * @param type {@code file, socket, pipe, memfd, anonymous, device}
   * @param inode of a socket or pipe
   * @param position in bytes; null if the kernel does not report it
   * @param flags as in {@code open(2)}, octal, as the kernel prints them
   * @param access {@code read, write, read-write}
   */
  public record Fd(
      int fd,
      String target,
      String type,
      boolean deleted,
      @Nullable Long inode,
      @Nullable Long position,
      @Nullable String flags,
      @Nullable String access) {}

  private final ProcFs proc;

  public FdTable(ProcFs proc) {
    this.proc = proc;
  }

  /** Returns the numbers of the open descriptors, ascending. */
  public List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (String name : proc.names("proc/self/fd", FDS_MAX)) {
      Long number = numberOrNull(name, 10);
      if (number != null) {
        numbers.add(Math.toIntExact(number));
      }
    }
    numbers.sort(null);
    return numbers;
  }

  /** Returns the link target; null if it was closed meanwhile. */
  public @Nullable String target(int fd) {
    return proc.link("proc/self/fd/" + fd);
  }

  /** Returns all details; null if it was closed meanwhile. */
  public @Nullable Fd fd(int fd) {
    String target = target(fd);
    if (target == null) {
      return null;
    }
    boolean deleted = target.endsWith(DELETED);
    String flags = null;
    Long position = null;
    try {
      for (String line : proc.lines("proc/self/fdinfo/" + fd, 8)) {
        if (line.startsWith("pos:")) {
          position = numberOrNull(line.substring(4).strip(), 10);
        } else if (line.startsWith("flags:")) {
          flags = line.substring(6).strip();
        }
      }
    } catch (IOException closedMeanwhile) {
      position = null;
    }
    return new Fd(fd, target, type(target), deleted, inode(target), position, flags, access(flags));
  }

  /** Returns the number in {@code socket:[4711]}; null if there is none. */
  public static @Nullable Long inode(String target) {
    int open = target.indexOf(":[");
    return open > 0 && target.endsWith("]")
        ? numberOrNull(target.substring(open + 2, target.length() - 1), 10)
        : null;
  }

  private static String type(String target) {
    if (target.startsWith("socket:")) {
      return "socket";
    }
    if (target.startsWith("pipe:")) {
      return "pipe";
    }
    if (target.startsWith("anon_inode:")) {
      return "anonymous";
    }
    if (target.startsWith("/memfd:")) {
      return "memfd";
    }
    return target.startsWith("/dev/") && !target.startsWith("/dev/shm/") ? "device" : "file";
  }

  private static @Nullable String access(@Nullable String flags) {
    Long bits = flags == null ? null : numberOrNull(flags, 8);
    if (bits == null) {
      return null;
    }
    return switch ((int) (bits & 3)) {
      case 0 -> "read";
      case 1 -> "write";
      default -> "read-write";
    };
  }

  private static @Nullable Long numberOrNull(String text, int radix) {
    try {
      return Long.parseLong(text, radix);
    } catch (NumberFormatException notANumber) {
      return null;
    }
  }
}
