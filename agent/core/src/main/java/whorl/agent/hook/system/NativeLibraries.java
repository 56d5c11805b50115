package whorl.agent.hook.system;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

  private final Set<String> reported = ConcurrentHashMap.newKeySet();
  private final String javaHome = System.getProperty("java.home", "/usr/lib/jvm") + "/";
  private @Nullable Set<String> known;
  private int calls;

  public NativeLibraries() {}

  /** Notes a library whose load is reported as an event. */
  void reported(String path) {
    if (reported.size() < KNOWN_MAX) {
      reported.add(name(path));
    }
  }

  /** Emits an event for each new library that was not reported; the first check emits none. */
  public void check(EventSink sink) {
    if (calls++ % CALLS_PER_CHECK != 0) {
      return;
    }
    Set<String> now = mapped();
    Set<String> past = known;
    if (past == null) {
      known = now;
      return;
    }
    for (String path : now) {
      if (past.size() < KNOWN_MAX && past.add(path) && !reported.contains(name(path))) {
        CodeReports.libraryLoaded(sink, path);
      }
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
    if (path.startsWith(javaHome)) {
      return true;
    }
    for (String folder : SYSTEM) {
      if (path.startsWith(folder)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String path) {
    String plain =
        path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
    return plain.substring(plain.lastIndexOf('/') + 1);
  }
}
