package whorl.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.attach.TargetLook;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;
import whorl.agent.config.Setting;

/**
 * The JVM that is looked at: a running one, or the one that this environment would start.
 *
 * @param root of its file system, as a path that is valid here
 * @param variables its environment
 * @param words its options, from the command line and the variables that Java reads
 * @param heapBytes its largest heap; 0 if unknown
 * @param runs false for the one that would be started
 * @param hasAgent true if an agent runs in it
 */
record Subject(
    String name,
    Path root,
    Map<String, String> variables,
    List<String> words,
    long heapBytes,
    boolean runs,
    boolean hasAgent) {
  private static final String AGENT = "-javaagent:";
  private static final String JAR = "whorl-agent";
  private static final List<String> OPTION_VARIABLES =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  /**
   * The flag that loads the agent.
   *
   * @param arguments after the jar; null for none
   */
  record Flag(String jar, @Nullable String arguments) {}

  /** A JVM with this environment and no further options. */
  static Subject ofEnvironment(Map<String, String> variables, long heapBytes) {
    return new Subject(
        "this environment",
        Path.of("/"),
        variables,
        words(List.of(), variables),
        heapBytes,
        false,
        false);
  }

  static Subject of(TargetLook look) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String each : look.environment()) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        variables.put(each.substring(0, equals), each.substring(equals + 1));
      }
    }
    return new Subject(
        look.name(),
        look.root(),
        variables,
        words(look.commandLine(), variables),
        look.heapBytes(),
        true,
        look.hasAgent());
  }

  private static List<String> words(List<String> commandLine, Map<String, String> variables) {
    List<String> words = new ArrayList<>();
    for (String name : OPTION_VARIABLES) {
      for (String word : variables.getOrDefault(name, "").split("\\s+")) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    words.addAll(commandLine);
    return List.copyOf(words);
  }

  /** The flag with the agent's jar; null without. */
  @Nullable Flag flag() {
    for (String word : words) {
      if (word.startsWith(AGENT) && word.contains(JAR)) {
        String rest = word.substring(AGENT.length());
        int equals = rest.indexOf('=');
        return equals < 0
            ? new Flag(rest, null)
            : new Flag(rest.substring(0, equals), rest.substring(equals + 1));
      }
    }
    return null;
  }

  /** True if its agent was loaded while it ran: most settings of such an agent are not seen. */
  boolean attached() {
    return hasAgent && flag() == null;
  }

  /** True if a value is given for the setting, also one that cannot be read. */
  boolean sets(Setting setting) {
    Flag flag = flag();
    String arguments = flag == null || flag.arguments() == null ? "" : flag.arguments();
    return !variables.getOrDefault(setting.variable(), "").isBlank()
        || property(setting.property()) != null
        || ("," + arguments).contains("," + setting.key() + "=");
  }

  boolean hasWord(String word) {
    return words.contains(word);
  }

  /** The value of a system property of the command line; null without. */
  @Nullable String property(String name) {
    String found = null;
    for (String word : words) {
      if (word.startsWith("-D" + name + "=")) {
        found = word.substring(name.length() + 3);
      }
    }
    return found;
  }

  /** The settings that its agent has. */
  AgentConfig config() {
    Flag flag = flag();
    return ConfigLoader.load(
        flag == null ? null : flag.arguments(),
        this::property,
        name -> name.equals("WHORL_CONFIG") ? here(variables.get(name)) : variables.get(name));
  }

  private @Nullable String here(@Nullable String file) {
    return file == null || file.isBlank() ? null : file(Path.of(file)).toString();
  }

  /** A file of that JVM, as a path that is valid here. */
  Path file(Path its) {
    return its.isAbsolute() ? root.resolve(its.toString().substring(1)) : its;
  }
}
