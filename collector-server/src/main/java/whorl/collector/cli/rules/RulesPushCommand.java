package whorl.collector.cli.rules;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.TargetOptions;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.detect.BuiltInRules;
import whorl.rules.engine.RuleSet;

@Command(
    name = "push",
    header = "Give running agents more rules; needs a token of role admin.",
    description = {
      "",
      "Each file becomes a set of its own name. Agents have it at once, and when they connect"
          + " later. Pushed again it is the next version; agents that can load nothing of it keep"
          + " the version before.",
    },
    footer = {
      "%nExample:",
      "  whorl rules push price-list.yml --service shop",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RulesPushCommand extends RemoteCommand {
  private static final int MAX_BYTES = 1 << 20;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Sigma YAML files.")
  private List<Path> files;

  @Option(names = "--service", paramLabel = "S", description = "For agents of this service.")
  private @Nullable String service;

  @Option(names = "--namespace", paramLabel = "N", description = "For agents of this namespace.")
  private @Nullable String namespace;

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description = "For agents with this label; may be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The set's name, for a single file (default: the file's, without .yml).")
  private @Nullable String name;

  @Option(
      names = "--unchecked",
      description = "Push also what this whorl can load nothing of; agents may be newer.")
  private boolean unchecked;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  RulesPushCommand(CommandContext commandContext) {
    super(commandContext);
  }

  private record Push(String name, String yaml) {}

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, Object> target = TargetOptions.of(service, namespace, labels);
    if (name != null && files.size() > 1) {
      throw CliException.usage("--name is for a single file", "push the files one by one");
    }
    List<Push> pushes = new ArrayList<>();
    for (Path file : files) {
      pushes.add(
          new Push(
              name == null ? nameOf(file) : name, readAndCheck(file, commandContext.terminal())));
    }
    List<Object> answers = new ArrayList<>();
    RuleSetClient sets = new RuleSetClient(collector);
    for (Push push : pushes) {
      RuleSetRow before = sets.findOrNull(push.name());
      CollectorClient.One<RuleSetRow> set = sets.push(push.name(), target, push.yaml());
      answers.add(set.json());
      note(commandContext.terminal(), push.name(), before, set.row());
    }
    if (json) {
      commandContext.terminal().json(Map.of("rules", answers));
    }
    return ExitStatus.DONE;
  }

  private static void note(
      Terminal terminal, String name, @Nullable RuleSetRow before, RuleSetRow now) {
    terminal.note(
        "whorl: pushed "
            + name
            + " version "
            + now.version()
            + "; see `whorl rules list "
            + name
            + "` for what became of it");
    if (before != null && !before.targetWords().equals(now.targetWords())) {
      terminal.note(
          "whorl: version "
              + before.version()
              + " was for "
              + before.targetWords()
              + ", by "
              + before.pushedBy()
              + ": agents that are not of "
              + now.targetWords()
              + " no longer have it; to keep both, push this with another --name, and version "
              + before.version()
              + " again (`whorl rules show "
              + name
              + " --version "
              + before.version()
              + "`)");
    }
  }

  private String readAndCheck(Path file, Terminal terminal) {
    String yaml = read(file);
    RuleSet rules = RuleSet.load(List.of(file), Set.of(), true);
    int builtIn = size(BuiltInRules.set());
    rules.problems().forEach(problem -> terminal.note("whorl: " + problem));
    rules.warnings().forEach(warning -> terminal.note("whorl: " + warning));
    if (size(rules) == builtIn && !unchecked) {
      throw CliException.failed(
          file + ": no rule of it could be loaded, nothing was pushed",
          "fix it, or give --unchecked");
    }
    return yaml;
  }

  private static int size(RuleSet rules) {
    return rules.rules().size() + rules.correlations().size();
  }

  private static String read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw CliException.failed(file + ": no such file", null);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw CliException.failed(
            file + ": larger than " + MAX_BYTES + " bytes", "split it into several files");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CliException.failed("cannot read " + file + ": " + Problems.text(e), null);
    }
  }

  private static String nameOf(Path file) {
    String text = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return text.replaceFirst("\\.ya?ml$", "").replaceAll("[^a-z0-9._-]", "-");
  }
}
