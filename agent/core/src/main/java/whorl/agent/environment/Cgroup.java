package whorl.agent.environment;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the container's memory limit and usage from cgroup v2 ({@code memory.max}, {@code
 * memory.current}) or v1 ({@code memory.limit_in_bytes}, {@code memory.usage_in_bytes}).
 */
public final class Cgroup {
  /** A v1 limit above this means none. */
  private static final long NO_LIMIT = Long.MAX_VALUE / 4;

  private static final int NUMBER_BYTES = 32;
  private static final int STATISTICS_BYTES = 4 << 10;

  private final @Nullable Path limit;
  private final @Nullable Path usage;
  private final @Nullable Path statistics;

  private Cgroup(@Nullable Path limit, @Nullable Path usage, @Nullable Path statistics) {
    this.limit = limit;
    this.usage = usage;
    this.statistics = statistics;
  }

  /**
   * @param root {@code /}, or another root in tests
   */
  static Cgroup of(Path root) {
    for (Path folder : folders(root)) {
      if (Files.isReadable(folder.resolve("memory.max"))) {
        return new Cgroup(
            folder.resolve("memory.max"),
            folder.resolve("memory.current"),
            folder.resolve("memory.stat"));
      }
      if (Files.isReadable(folder.resolve("memory.limit_in_bytes"))) {
        return new Cgroup(
            folder.resolve("memory.limit_in_bytes"),
            folder.resolve("memory.usage_in_bytes"),
            folder.resolve("memory.stat"));
      }
    }
    return new Cgroup(null, null, null);
  }

  /** Returns the limit in bytes; -1 if there is none or it cannot be read. */
  public long limitBytes() {
    long bytes = number(limit);
    return bytes >= NO_LIMIT ? -1 : bytes;
  }

  /**
   * Returns the bytes that may still be used, including page cache that can be dropped; -1 if there
   * is no limit.
   */
  public long headroomBytes() {
    long max = limitBytes();
    long used = number(usage);
    return max < 0 || used < 0 ? -1 : Math.max(0, max - used + droppable());
  }

  private long droppable() {
    String text = "\n" + head(statistics, STATISTICS_BYTES);
    for (String name : List.of("\ninactive_file ", "\ntotal_inactive_file ")) {
      int at = text.indexOf(name);
      int end = text.indexOf('\n', at + 1);
      if (at >= 0 && end >= 0) {
        return numberOr(text.substring(at + name.length(), end), 0);
      }
    }
    return 0;
  }

  private static long number(@Nullable Path file) {
    String text = head(file, NUMBER_BYTES).strip();
    return text.equals("max") ? Long.MAX_VALUE : numberOr(text, -1);
  }

  private static long numberOr(String text, long otherwise) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException unreadable) {
      return otherwise;
    }
  }

  /**
   * Returns the beginning of the file; empty if it cannot be read. A spool in memory calls this
   * before each write, so it allocates no more than necessary.
   */
  private static String head(@Nullable Path file, int bytes) {
    if (file == null) {
      return "";
    }
    try (InputStream in = new FileInputStream(file.toFile())) {
      byte[] head = new byte[bytes];
      int read = in.read(head);
      return read <= 0 ? "" : new String(head, 0, read, StandardCharsets.ISO_8859_1);
    } catch (IOException unreadable) {
      return "";
    }
  }

  /**
   * Returns where this process's files may be: its own path below the mount, or the mount itself.
   */
  private static List<Path> folders(Path root) {
    List<Path> folders = new ArrayList<>();
    Path mount = root.resolve("sys/fs/cgroup");
    try {
      for (String line : Files.readAllLines(root.resolve("proc/self/cgroup"))) {
        String[] parts = line.split(":", 3);
        if (parts.length == 3 && parts[1].isEmpty()) {
          folders.add(mount.resolve(parts[2].substring(1)));
        } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
          folders.add(mount.resolve("memory").resolve(parts[2].substring(1)));
        }
      }
    } catch (IOException | RuntimeException unreadable) {
      folders.clear();
    }
    folders.add(mount);
    folders.add(mount.resolve("memory"));
    return folders;
  }
}
