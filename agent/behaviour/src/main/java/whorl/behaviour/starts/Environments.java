package whorl.behaviour.starts;

import java.util.List;

/** What a program must not take over from this one. */
final class Environments {
  private Environments() {}

  static void withoutAgents(ProcessBuilder builder) {
    builder.environment().keySet().removeIf(name -> name.startsWith("WHORL_"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
  }
}
