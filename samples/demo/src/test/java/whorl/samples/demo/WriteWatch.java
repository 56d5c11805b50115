package whorl.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Watches from outside, as root, all that a container could write to: every writable mount of it,
 * through {@code /proc/PID/root}, by inotify and by looking every few milliseconds; and the files
 * that its processes hold open, deleted ones and those in memory too. Keeps the greatest length
 * that each file was seen with.
 */
final class WriteWatch implements AutoCloseable {
  private static final int PERIOD_MILLIS = 10;
  private static final int DEPTH_MAX = 8;

  /** File systems of the kernel's, in which no bytes can be kept. */
  private static final List<String> KERNELS =
      List.of("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "tracefs", "debugfs");

  private final long pid;
  private final Path root;
  private final List<String> mounts;
  private final Map<String, Long> greatest = new TreeMap<>();
  private final Map<WatchKey, Path> watched = new HashMap<>();
  private final WatchService inotify;
  private final Thread thread;
  private volatile boolean closed;
  private volatile long looks;

  /**
   * @param pid the container's first process, as the host numbers it
   */
  WriteWatch(long pid) {
    this.pid = pid;
    this.root = Path.of("/proc/" + pid + "/root");
    try {
      this.mounts = writableMounts(Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")));
      this.inotify = root.getFileSystem().newWatchService();
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " cannot be watched", e);
    }
    look();
    this.thread = new Thread(this::work, "write-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The mount points of these lines of {@code /proc/PID/mountinfo} that are writable. A later mount
   * on the same point hides the one before.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc(5)</a>
   */
  static List<String> writableMounts(List<String> lines) {
    Map<String, Boolean> writable = new TreeMap<>();
    for (String line : lines) {
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ");
      String[] fileSystem = halves[1].split(" ");
      boolean can =
          List.of(mount[5].split(",")).contains("rw")
              && List.of(fileSystem[2].split(",")).contains("rw");
      writable.put(mount[4], can && !KERNELS.contains(fileSystem[0]));
    }
    writable.values().removeIf(can -> !can);
    return List.copyOf(writable.keySet());
  }

  private void work() {
    while (!closed) {
      look();
      try {
        Thread.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void look() {
    looks++;
    changes();
    for (String mount : mounts) {
      Path start = root.resolve(mount.substring(1));
      try {
        if (Files.isDirectory(start)) {
          Files.walkFileTree(start, Set.of(), DEPTH_MAX, visitor());
        } else {
          note(start);
        }
      } catch (IOException gone) {
        // It went while it was looked at; the next look sees what is left.
      }
    }
    for (long process : processes()) {
      openFiles(process);
    }
  }

  private FileVisitor<Path> visitor() {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
        watch(folder);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
          note(name(file), attributes.size());
        }
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException gone) {
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private void watch(Path folder) {
    if (watched.containsValue(folder)) {
      return;
    }
    try {
      watched.put(
          folder.register(
              inotify,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE),
          folder);
    } catch (IOException gone) {
      // Seen by looking, if it comes again.
    }
  }

  /** What inotify has reported since: files that existed between two checks have names at least. */
  private void changes() {
    try {
      for (WatchKey key = inotify.poll(); key != null; key = inotify.poll()) {
        Path folder = watched.get(key);
        for (WatchEvent<?> event : key.pollEvents()) {
          if (folder != null && event.context() instanceof Path name) {
            note(folder.resolve(name));
          }
        }
        if (!key.reset()) {
          watched.remove(key);
        }
      }
    } catch (ClosedWatchServiceException ends) {
      closed = true;
    }
  }

  private void note(Path file) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile()) {
        note(name(file), attributes.size());
      }
    } catch (IOException gone) {
      note(name(file), 0);
    }
  }

  private void note(String name, long bytes) {
    greatest.merge(name, bytes, Math::max);
  }

  private String name(Path file) {
    return "/" + root.relativize(file);
  }

  /** The container's: those in the process namespace of the first. */
  private List<Long> processes() {
    List<Long> processes = new ArrayList<>();
    processes.add(pid);
    ProcessHandle.of(pid)
        .ifPresent(first -> first.descendants().forEach(one -> processes.add(one.pid())));
    return processes;
  }

  private void openFiles(long process) {
    Path descriptors = Path.of("/proc/" + process + "/fd");
    try (var all = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : all) {
        openFile(descriptor);
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
      // The process has ended.
    }
  }

  /** Files that can be reached by name are looked at already; here those that cannot. */
  private void openFile(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      if (target.endsWith(" (deleted)") || target.startsWith("/memfd:")) {
        BasicFileAttributes attributes =
            Files.readAttributes(descriptor, BasicFileAttributes.class);
        if (attributes.isRegularFile()) {
          note(target, attributes.size());
        }
      }
    } catch (IOException gone) {
      // It was closed.
    }
  }

  /** The mount points that are watched. */
  List<String> mounts() {
    return mounts;
  }

  /** Every file that was seen, by name inside the container, with its greatest length. */
  synchronized Map<String, Long> greatest() {
    return Map.copyOf(greatest);
  }

  /** What was done, for a person. */
  synchronized String report() {
    Map<String, Long> written = new TreeMap<>(greatest);
    written.values().removeIf(bytes -> bytes == 0);
    return "watched "
        + mounts
        + " and the open files of the processes, "
        + looks
        + " times; files with bytes in them: "
        + written;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(5_000);
      inotify.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("the watch does not close", e);
    }
  }
}
