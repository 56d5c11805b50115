package whorl.boot;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether the agent starts in this JVM. {@code JAVA_TOOL_OPTIONS} reaches every JVM of a
 * container, including keytool, javac and the agent's own helpers.
 */
final class Applicability {
  /** Set for the agent's own helper JVMs. */
  static final String HELPER_PROPERTY = "whorl.helper";

  /** The jar is {@code whorl-agent.jar}, in a release with the version after the name. */
  private static final String JAR = "whorl-agent";

  private Applicability() {}

  static boolean shouldStart(@Nullable String arguments) {
    if (System.getProperty(HELPER_PROPERTY) != null
        || isTool()
        || isOwnCommand(System.getProperty("sun.java.command", ""))) {
      return false;
    }
    String enabled = argument(arguments, "enabled");
    if (enabled == null) {
      enabled = System.getProperty("whorl.enabled");
    }
    if (enabled == null) {
      enabled = System.getenv("WHORL_ENABLED");
    }
    return enabled == null || !isFalse(enabled.trim());
  }

  /** 8, 11, 17, 21 … */
  static int javaVersion() {
    String version = System.getProperty("java.specification.version", "0");
    String feature = version.startsWith("1.") ? version.substring(2) : version;
    try {
      return Integer.parseInt(feature);
    } catch (NumberFormatException unknown) {
      return 0;
    }
  }

  private static boolean isTool() {
    String mainModule = System.getProperty("jdk.module.main", "");
    String command = System.getProperty("sun.java.command", "");
    return mainModule.startsWith("jdk.")
        || mainModule.equals("java.base")
        || mainModule.equals("java.rmi")
        || command.startsWith("sun.tools.")
        || command.startsWith("com.sun.tools.");
  }

  /**
   * True for {@code java -jar whorl-agent.jar …}: in a container whose variable has the flag, a
   * command such as {@code doctor} is no application. The class path would not do: the JVM appends
   * an agent's jar to it.
   */
  static boolean isOwnCommand(String command) {
    int space = command.indexOf(' ');
    String first = space < 0 ? command : command.substring(0, space);
    String file = first.substring(first.lastIndexOf('/') + 1);
    return file.startsWith(JAR) && file.endsWith(".jar");
  }

  private static boolean isFalse(String text) {
    return text.equalsIgnoreCase("false")
        || text.equals("0")
        || text.equalsIgnoreCase("no")
        || text.equalsIgnoreCase("off");
  }

  private static @Nullable String argument(@Nullable String arguments, String key) {
    if (arguments == null) {
      return null;
    }
    for (String part : arguments.split(",")) {
      if (part.trim().startsWith(key + "=")) {
        return part.trim().substring(key.length() + 1);
      }
    }
    return null;
  }
}
