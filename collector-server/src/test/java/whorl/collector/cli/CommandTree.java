package whorl.collector.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** All commands by full name, root first, in the order of the help. */
final class CommandTree {
  private CommandTree() {}

  static Map<String, CommandLine> of(CommandLine root) {
    Map<String, CommandLine> commands = new LinkedHashMap<>();
    collect(root, commands);
    return commands;
  }

  private static void collect(CommandLine command, Map<String, CommandLine> commands) {
    commands.put(command.getCommandSpec().qualifiedName(), command);
    command.getSubcommands().values().forEach(sub -> collect(sub, commands));
  }
}
