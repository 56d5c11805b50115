package whorl.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classes that one JVM loaded, with the thread that loaded each, read from the JVM's own log.
 *
 * <p>The log of class loads names a thread by its number in the kernel. The trace of JVM TI, which
 * the JVM writes whenever it asks the agent's transformer, has number and name; threads that load
 * nothing but hidden classes are not in it, so the log of ended threads and {@link ThreadNames} add
 * what they have.
 *
 * @param inOrder every load, as it happened
 * @param threadNames by the number of the thread
 */
record ClassLoads(List<Load> inOrder, Map<Long, String> threadNames) {
  /** {@code [0.199s][4711] java.lang.Object source: jrt:/java.base}. */
  private static final Pattern LOAD =
      Pattern.compile("\\[([0-9.,]+)s]\\[(\\d+)] (\\S+) source: (.*)");

  /** {@code [0.237s][4711] [main] GetNamedModule { …}}. */
  private static final Pattern TRACE = Pattern.compile("\\[[^]]*]\\[(\\d+)] \\[(.+?)] \\w+ \\{.*");

  /** {@code [2.9s][4711] JavaThread exiting (name: "whorl-end", tid: 4711).}, from Java 21 on. */
  private static final Pattern ENDED =
      Pattern.compile(".*JavaThread exiting \\(name: \"(.+)\", tid: (\\d+)\\).*");

  /** The launcher loads it when every agent's premain has returned, and before the program. */
  private static final String FIRST_AFTER_PREMAIN = "sun.launcher.LauncherHelper";

  private static final String AGENT_JAR = "whorl-agent.jar";
  private static final String OWN_THREADS = "whorl-";

  /**
   * One class.
   *
   * @param seconds since the JVM's start
   * @param thread its number in the kernel
   * @param source the file it came from, or the class that a hidden class belongs to
   */
  record Load(String seconds, long thread, String className, String source) {}

  private static Path loadLog(Path folder) {
    return folder.resolve("class-loads.txt");
  }

  private static Path trace(Path folder) {
    return folder.resolve("jvmti-trace.txt");
  }

  private static Path threadLog(Path folder) {
    return folder.resolve("threads.txt");
  }

  /** What makes a JVM write the logs into this folder. */
  static String[] options(Path folder) throws IOException {
    Files.createDirectories(folder);
    String decorations = ":uptime,tid:filecount=0";
    return new String[] {
      "-Xlog:class+load=info:file=" + loadLog(folder) + decorations,
      "-Xlog:os+thread=info:file=" + threadLog(folder) + decorations,
      "-XX:TraceJVMTI=GetNamedModule+i",
      "-Xlog:jvmti=trace:file=" + trace(folder) + decorations
    };
  }

  /** Reads the logs once the JVM has ended. */
  static ClassLoads read(Path folder, Map<Long, String> threadNames) throws IOException {
    Map<Long, String> names = new HashMap<>(threadNames);
    for (String line : Files.readAllLines(trace(folder))) {
      Matcher traced = TRACE.matcher(line);
      if (traced.matches()) {
        names.put(Long.parseLong(traced.group(1)), traced.group(2));
      }
    }
    for (String line : Files.readAllLines(threadLog(folder))) {
      Matcher ended = ENDED.matcher(line);
      if (ended.matches()) {
        names.put(Long.parseLong(ended.group(2)), ended.group(1));
      }
    }
    List<Load> loads = new ArrayList<>();
    for (String line : Files.readAllLines(loadLog(folder))) {
      Matcher load = LOAD.matcher(line);
      if (load.matches()) {
        loads.add(
            new Load(load.group(1), Long.parseLong(load.group(2)), load.group(3), load.group(4)));
      }
    }
    return new ClassLoads(loads, names);
  }

  /** The agent was loaded, and by no thread of the application. */
  void assertAgentsOwnThreadsLoadedIt() {
    assertThat(agentClasses()).isGreaterThan(100);
    assertThat(agentClassesOnOtherThreads()).isEmpty();
  }

  /** How many classes of the agent were loaded at all. */
  long agentClasses() {
    Set<String> ours = namesFromTheJar();
    return inOrder.stream().filter(load -> isAgents(load, ours)).count();
  }

  /**
   * The agent's classes that a thread of the application or of the JDK loaded: on the main thread
   * after premain, on every other thread at any time. Of threads that ended before their names
   * could be read, hidden classes are left out, which alone have no trace.
   */
  List<String> agentClassesOnOtherThreads() {
    Set<String> ours = namesFromTheJar();
    List<String> found = new ArrayList<>();
    long main = -1;
    for (Load load : inOrder) {
      if (load.className().equals(FIRST_AFTER_PREMAIN)) {
        main = load.thread();
      } else if (isAgents(load, ours)
          && !threadName(load).startsWith(OWN_THREADS)
          && !(isHidden(load) && !isNamed(load, main))
          && (main >= 0 || !isStarter(load))) {
        found.add(load.className() + " by thread " + threadName(load) + " at " + load.seconds());
      }
    }
    if (main < 0) {
      throw new IllegalStateException("the JVM did not come as far as " + FIRST_AFTER_PREMAIN);
    }
    return found;
  }

  private static boolean isHidden(Load load) {
    return load.className().contains("/0x");
  }

  /** A thread is called as the one that made it until it runs; only the main thread stays so. */
  private boolean isNamed(Load load, long main) {
    String name = threadNames.get(load.thread());
    return name != null && (!name.equals("java") || load.thread() == main || isStarter(load));
  }

  /** The thread that starts the JVM, and with it the agent, is the first to load anything. */
  private boolean isStarter(Load load) {
    return load.thread() == inOrder.get(0).thread();
  }

  private String threadName(Load load) {
    return threadNames.getOrDefault(load.thread(), "without a known name, " + load.thread());
  }

  private Set<String> namesFromTheJar() {
    Set<String> names = new HashSet<>();
    Set<String> elsewhere = new HashSet<>();
    for (Load load : inOrder) {
      (load.source().endsWith(AGENT_JAR) ? names : elsewhere).add(load.className());
    }
    names.removeAll(elsewhere);
    return names;
  }

  /** A hidden class, such as a lambda's, has the class that it belongs to as its source. */
  private static boolean isAgents(Load load, Set<String> fromTheJar) {
    return load.source().endsWith(AGENT_JAR)
        || fromTheJar.contains(load.source())
        || load.className().startsWith("java.lang.Whorl");
  }
}
