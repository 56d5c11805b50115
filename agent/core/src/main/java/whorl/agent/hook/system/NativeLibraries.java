package whorl.agent.hook.system;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;

/**
 * Native code that is mapped into the process but whose load no hook observed: an attached native
 * agent, or a library that native code opened. The kernel lists mappings under {@code
 * /proc/self/maps}; an agent thread checks every few seconds. Libraries of the system and of the
 * JDK are loaded as dependencies and are not reported.
 */
public final class NativeLibraries {
  private static final int KNOWN_MAX = 4096;
  private static final int CALLS_PER_CHECK = 3;
  private static final int LINES_MAX = 65_536;
  private static final String DELETED = " (deleted)";
  private static final String[] SYSTEM = {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"};

  /** Places where the system searches for no library, and where any code can put one. */
  private static final String[] WRITABLE = {
    "/tmp/", "/dev/shm/", "/var/tmp/", "/run/", "/var/run/", "/proc/", "/memfd:"
  };

  /** Paths, and bare names for which the system runs its own search. */
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private final String javaHome = System.getProperty("java.home", "/usr/lib/jvm") + "/";
  private @Nullable Set<String> known;

  /** Those that the first check found. */
  private Set<String> first = Set.of();

  private int calls;

  public NativeLibraries() {}

  /** Notes a library whose load is reported as an event. */
  void reported(String path) {
    if (reported.size() < KNOWN_MAX) {
      reported.add(path);
    }
  }

  /** Emits an event for each new library that was not reported; the first check emits none. */
  public void check(EventSink sink) {
    if (calls++ % CALLS_PER_CHECK == 0) {
      check(sink, mapped());
    }
  }

  /**
   * As above. That the file of a library of the first check was deleted, as an update does it, is
   * no load.
   */
  void check(EventSink sink, Set<String> now) {
    Set<String> past = known;
    if (past == null) {
      known = new HashSet<>(now);
      first = now;
      return;
    }
    for (String path : now) {
      if (past.size() < KNOWN_MAX
          && past.add(path)
          && !first.contains(withoutMark(path))
          && !isReported(path)) {
        CodeReports.libraryLoaded(sink, path);
      }
    }
  }

  /** The path that a deleted file had. */
  private static String withoutMark(String mapped) {
    return mapped.endsWith(DELETED)
        ? mapped.substring(0, mapped.length() - DELETED.length())
        : mapped;
  }

  /**
   * True if this mapped file is one whose load was reported. A name alone is not enough, because an
   * intruder can give a library the name of one that the application has.
   */
  boolean isReported(String mapped) {
    String path = withoutMark(mapped);
    String name = name(path);
    if (reported.contains(path) || reported.contains(name) && !begins(path, WRITABLE)) {
      return true;
    }
    for (String known : reported) {
      if (known.endsWith("/" + name) && isAt(known, path)) {
        return true;
      }
    }
    return false;
  }

  /** True if the reported path leads to the mapped one through links between folders. */
  private static boolean isAt(String known, String mapped) {
    try {
      Path folder = Path.of(known).getParent();
      Path real = Path.of(mapped).getParent();
      return folder != null && real != null && folder.toRealPath().equals(real);
    } catch (IOException | InvalidPathException gone) {
      return false;
    }
  }

  /** Files mapped as executable, without those of the system and the JDK. */
  private Set<String> mapped() {
    Set<String> mapped = new HashSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream("/proc/self/maps"), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      for (int i = 0; line != null && i < LINES_MAX && mapped.size() < KNOWN_MAX; i++) {
        String path = executable(line);
        if (path != null && !isSystem(path)) {
          mapped.add(path);
        }
        line = lines.readLine();
      }
    } catch (IOException notReadable) {
      // Without the list nothing is reported.
    }
    return mapped;
  }

  /** The path in a line {@code 7f…-7f… r-xp offset device inode /path}; null for any other line. */
  static @Nullable String executable(String line) {
    int flags = line.indexOf(' ');
    int path = line.indexOf('/');
    return flags > 0 && path > 0 && line.startsWith("x", flags + 3) ? line.substring(path) : null;
  }

  private boolean isSystem(String path) {
    return path.startsWith(javaHome) || begins(path, SYSTEM);
  }

  private static boolean begins(String path, String[] places) {
    for (String place : places) {
      if (path.startsWith(place)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
