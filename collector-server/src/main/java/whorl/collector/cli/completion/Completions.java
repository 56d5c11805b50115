package whorl.collector.cli.completion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What can follow in a command line, for the scripts of all shells. */
final class Completions {
  private static final Pattern FILES =
      Pattern.compile("\\b(FILE|DIR|PATH|PEM|BAG|KEY)\\b(?!=)|\\.jfr\\b");

  private Completions() {}

  /** An option and what can be its value. */
  record Choice(List<String> names, Offer offer, String description) {}

  /**
   * A command.
   *
   * @param path all names, such as {@code whorl evidence list}
   * @param arguments by position; more are as the last one if {@code repeats}
   */
  record Command(
      String path,
      String description,
      Map<String, String> subcommands,
      List<Choice> options,
      List<Offer> arguments,
      boolean repeats) {}

  /** All commands that the help lists, the root first. */
  static List<Command> of(CommandLine root) {
    List<Command> commands = new ArrayList<>();
    add(root, commands);
    return commands;
  }

  private static void add(CommandLine line, List<Command> commands) {
    CommandSpec spec = line.getCommandSpec();
    Map<String, String> subcommands = new LinkedHashMap<>();
    for (Map.Entry<String, CommandLine> sub : line.getSubcommands().entrySet()) {
      if (!sub.getValue().getCommandSpec().usageMessage().hidden()) {
        subcommands.put(sub.getKey(), header(sub.getValue().getCommandSpec()));
      }
    }
    List<Choice> options = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        options.add(
            new Choice(
                List.of(option.names()),
                option.arity().max() == 0 ? Offer.FLAG : offer(spec, option, option.longestName()),
                first(option.description())));
      }
    }
    List<Offer> arguments = new ArrayList<>();
    boolean repeats = false;
    for (PositionalParamSpec each : spec.positionalParameters()) {
      arguments.add(offer(spec, each, each.paramLabel()));
      repeats = each.index().max() > each.index().min() || each.arity().max() > 1;
    }
    commands.add(
        new Command(spec.qualifiedName(), header(spec), subcommands, options, arguments, repeats));
    for (CommandLine sub : line.getSubcommands().values()) {
      if (!sub.getCommandSpec().usageMessage().hidden()) {
        add(sub, commands);
      }
    }
  }

  private static String header(CommandSpec spec) {
    return first(spec.usageMessage().header());
  }

  /** The first sentence of a text for people. */
  private static String first(String[] lines) {
    String text = Ansi.OFF.string(String.join(" ", lines)).replaceAll("%n|\\s+", " ").strip();
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static Offer offer(CommandSpec spec, ArgSpec argument, String name) {
    Iterable<String> candidates = argument.completionCandidates();
    if (candidates != null) {
      boolean isEnum = argument.auxiliaryTypes()[0].isEnum();
      List<String> words = new ArrayList<>();
      for (String each : candidates) {
        words.add(isEnum ? each.toLowerCase(Locale.ROOT).replace('_', '-') : each);
      }
      return Offer.words(words);
    }
    String known = KnownKind.of(spec.qualifiedName(), name);
    if (known != null) {
      return Offer.from(known);
    }
    return FILES.matcher(argument.paramLabel()).find() ? Offer.FILE : Offer.ANY;
  }
}
