package whorl.agent.hook.system;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.ProcessReports;

/**
 * Child processes whose start no hook observed: code called the native method below the JDK's
 * process object, or native code forked. The kernel lists a thread's children under {@code
 * /proc/self/task}, and a child that no process waits for stays listed after its end. An agent
 * thread checks every few seconds; a child that starts, ends and is waited for between two checks
 * is missed.
 */
public final class ChildProcesses {
  private static final int REPORTED_MAX = 1024;
  private static final int CHILDREN_MAX = 4096;
  private static final int MAX_BYTES = 16 << 10;

  /** Reading the children of this many threads takes milliseconds. */
  private static final int MANY_TASKS = 1000;

  private static final int MANY_TASKS_CHECK_EVERY = 10;
  private static final File TASKS = new File("/proc/self/task");

  /** Reported children, each with the number of checks before its report. */
  private final Map<Long, Integer> reported = new ConcurrentHashMap<>();

  private final Path java;
  private @Nullable Set<Long> known;
  private Set<Long> candidates = Set.of();
  private volatile int checks;
  private int skipped;

  public ChildProcesses() {
    java = Path.of(System.getProperty("java.home", ""), "bin", "java");
  }

  /** Notes a child whose start is reported as an event. */
  void reported(long pid) {
    // Beyond the limit some children are reported twice, which is better than never.
    if (reported.size() < REPORTED_MAX) {
      reported.put(pid, checks);
    }
  }

  /**
   * Emits an event for each child that the previous check found as well and that was not reported:
   * a child that is just being started is reported in a moment. Children found by the first check
   * were there before the agent.
   */
  public void check(EventSink sink) {
    String[] tasks = TASKS.list();
    if (tasks == null || tasks.length > MANY_TASKS && ++skipped % MANY_TASKS_CHECK_EVERY != 0) {
      return;
    }
    Set<Long> now = children(tasks);
    Set<Long> past = known;
    if (past == null) {
      // From here on only the agent thread uses both.
      known = now;
      return;
    }
    past.retainAll(now);
    for (long pid : now) {
      if (!past.contains(pid) && candidates.contains(pid)) {
        past.add(pid);
        String command = reported.containsKey(pid) ? null : command(pid);
        if (command != null && !isOurs(pid, command)) {
          ProcessReports.started(sink, command, null, pid, "unseen");
        }
      }
    }
    int check = ++checks;
    // Keeps children that were reported after the children were listed.
    reported
        .entrySet()
        .removeIf(entry -> check - entry.getValue() > 1 && !now.contains(entry.getKey()));
    candidates = now;
  }

  /** True for the agent's own heap dump reader, which is started past the hooks. */
  private boolean isOurs(long pid, String command) {
    try {
      return command.endsWith(" whorl.boot.Main --read-heap")
          && !command.contains(" -agent")
          && !command.contains(" -javaagent")
          && Files.isSameFile(Path.of("/proc/" + pid + "/exe"), java);
    } catch (IOException gone) {
      return false;
    }
  }

  private static Set<Long> children(String[] tasks) {
    Set<Long> children = new HashSet<>();
    for (int i = 0; i < tasks.length && children.size() < CHILDREN_MAX; i++) {
      String line = read("/proc/self/task/" + tasks[i] + "/children");
      for (String pid : line == null ? new String[0] : line.trim().split(" ")) {
        if (!pid.isEmpty() && pid.length() < 12) {
          children.add(Long.parseLong(pid));
        }
      }
    }
    return children;
  }

  /** The command line of the process; the program's name if it has ended and was not waited for. */
  private static @Nullable String command(long pid) {
    String arguments = read("/proc/" + pid + "/cmdline");
    if (arguments != null && !arguments.isEmpty()) {
      return arguments.replace('\0', ' ').trim();
    }
    String name = read("/proc/" + pid + "/comm");
    return name == null ? null : name.trim();
  }

  private static @Nullable String read(String path) {
    try (FileInputStream in = new FileInputStream(path)) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return null;
    }
  }
}
