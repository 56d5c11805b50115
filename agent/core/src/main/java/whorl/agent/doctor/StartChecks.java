package whorl.agent.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.MemoryBudget;
import whorl.agent.config.Setting;
import whorl.agent.environment.Environment;
import whorl.agent.environment.WritableFolder;

/** Whether the agent starts at all: the flag, Java, the settings, folders, the heap. */
final class StartChecks {
  private static final int OLDEST_JAVA = 17;
  private static final Set<String> OTHER_NAMES = Set.of("WHORL_CONFIG", "WHORL_TOKEN");
  private static final Set<String> OTHER_PROPERTIES = Set.of("whorl.config", "whorl.helper");

  private final Subject subject;
  private final List<Finding> findings;

  StartChecks(Subject subject, List<Finding> findings) {
    this.subject = subject;
    this.findings = findings;
  }

  /** Adds the findings; the settings that the agent has. */
  AgentConfig run(int java) {
    flag();
    java(java);
    AgentConfig config = subject.config();
    settings(config);
    findings.add(heap(subject.heapBytes(), Runtime.getRuntime().maxMemory()));
    folders(config);
    return config;
  }

  private void flag() {
    Subject.Flag flag = subject.flag();
    if (subject.attached()) {
      findings.add(Finding.ok("flag", "none; the agent was loaded into the running JVM"));
      return;
    }
    if (flag == null) {
      findings.add(
          Finding.fail(
              "flag",
              "there is no -javaagent: with whorl-agent.jar",
              "set JAVA_TOOL_OPTIONS=\"-javaagent:/whorl/whorl-agent.jar"
                  + " -XX:+StartAttachListener\" and restart; with the label whorl.io/inject, restart"
                  + " the pod and see its annotation whorl.io/not-injected"
                  + (subject.runs()
                      ? ""
                      : ". If the flag is on the application's command line, give its process id:"
                          + " doctor PID")));
      return;
    }
    Path jar = subject.file(Path.of(flag.jar()));
    if (!Files.isReadable(jar)) {
      findings.add(
          Finding.fail(
              "flag",
              flag.jar() + " is not there, or not readable: a JVM with this flag does not start",
              "mount the jar there, for the user of the application"));
    } else if (!subject.hasWord("-XX:+StartAttachListener")) {
      findings.add(
          Finding.warn(
              "flag",
              flag.jar() + ", without -XX:+StartAttachListener: no heap snapshots",
              "add that option"));
    } else {
      findings.add(Finding.ok("flag", flag.jar()));
    }
  }

  private void java(int java) {
    findings.add(
        java >= OLDEST_JAVA
            ? Finding.ok(
                "java", "Java " + java + " of this command; the application's should be it")
            : Finding.fail("java", "Java " + java, "the agent needs Java 17 or newer"));
  }

  private void settings(AgentConfig config) {
    List<String> problems = new ArrayList<>(config.problems());
    Set<String> known = new TreeSet<>();
    for (Setting setting : Setting.values()) {
      known.add(setting.variable());
      known.add(setting.property());
    }
    for (String name : new TreeSet<>(subject.variables().keySet())) {
      if (name.startsWith("WHORL_") && !known.contains(name) && !OTHER_NAMES.contains(name)) {
        problems.add("the variable " + name + " is no setting");
      }
    }
    for (String word : subject.words()) {
      if (word.startsWith("-Dwhorl.") && word.contains("=")) {
        String name = word.substring(2, word.indexOf('='));
        if (!known.contains(name) && !OTHER_PROPERTIES.contains(name)) {
          problems.add("the property " + name + " is no setting");
        }
      }
    }
    if (!config.enabled()) {
      findings.add(
          Finding.fail("enabled", "the setting enabled is false", "remove it, and restart"));
    }
    findings.add(
        problems.isEmpty()
            ? Finding.ok("settings", "all can be read")
            : Finding.warn(
                "settings", String.join("; ", problems), "docs/settings.md lists all settings"));
  }

  /**
   * Whether the heap has room for an agent.
   *
   * @param application the application's largest heap; 0 if unknown
   * @param command this command's, which says nothing for certain of the application's
   */
  static Finding heap(long application, long command) {
    boolean its = application > 0;
    long bytes = its ? application : command;
    MemoryBudget budget = new MemoryBudget(bytes);
    String size =
        (bytes >> 20) + " MiB" + (its ? "" : ", this command's; the application's differs");
    String without = budget.without();
    if (without == null) {
      return Finding.ok("heap", size);
    }
    if (!its) {
      return Finding.warn("heap", size, "if the application's is as small: " + without);
    }
    if (budget.off()) {
      return Finding.fail("heap", without, "give the application a larger heap");
    }
    return Finding.warn("heap", without, "from 72 MiB on there is a recording");
  }

  /** Probed here: the same pod has the same folders, unless containers differ. */
  private void folders(AgentConfig config) {
    if (!subject.root().equals(Path.of("/"))) {
      return;
    }
    Environment environment =
        Environment.probe(Path.of("/"), config.recording().dir(), config.evidenceDir());
    if (environment.evidenceProblem() != null) {
      findings.add(
          Finding.warn(
              "folders",
              "evidence.dir " + environment.evidenceProblem(),
              "name a folder that can be written"));
    }
    List<WritableFolder> folders = environment.writableFolders();
    if (folders.isEmpty()) {
      findings.add(
          Finding.warn(
              "folders",
              "none is writable: no recording, and evidence waits in memory",
              "mount an emptyDir at /tmp"));
      return;
    }
    findings.add(
        Finding.ok(
            "folders",
            folders.stream()
                .map(each -> each.path() + " (" + (each.roomBytes() >> 20) + " MiB free)")
                .collect(Collectors.joining(", "))));
  }
}
