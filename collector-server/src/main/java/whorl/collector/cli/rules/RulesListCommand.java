package whorl.collector.cli.rules;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "list",
    header = "List the rules that were pushed, or how one set stands with each agent.",
    description = {
      "",
      "An agent has a set loaded, has refused it, has yet to say (waiting), or is too old for"
          + " pushed rules (unsupported).",
    },
    footer = {
      "%nExit status 4 when there is no set of that name.",
      "%nExample:",
      "  whorl rules list price-list",
    })
final class RulesListCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "This set alone, agent by agent, with what they refused.")
  private @Nullable String name;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  RulesListCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    return name == null
        ? listSets(collector, commandContext.terminal())
        : showSet(collector, commandContext.terminal(), name);
  }

  private int listSets(CollectorClient collector, Terminal terminal) {
    CollectorClient.Listing<RuleSetRow> sets = new RuleSetClient(collector).all();
    if (json) {
      terminal.json(Map.of("rules", sets.json()));
    } else if (sets.rows().isEmpty()) {
      terminal.note("whorl: no rules were pushed");
    } else {
      Table table =
          new Table(
              Table.message("NAME"),
              Table.exact("VERSION"),
              Table.flexible("FOR"),
              Table.exact("PUSHED"),
              Table.optional(Table.flexible("BY")),
              Table.exact("LOADED"),
              Table.exact("REFUSED"),
              Table.exact("WAITING"));
      for (RuleSetRow set : sets.rows()) {
        table.row(
            set.name(),
            Integer.toString(set.version()),
            set.targetWords(),
            Table.time(set.pushedAt()),
            set.pushedBy(),
            Long.toString(set.loaded()),
            Long.toString(set.refused()),
            Long.toString(set.waiting()));
      }
      table.print(terminal);
    }
    return ExitStatus.DONE;
  }

  private int showSet(CollectorClient collector, Terminal terminal, String setName) {
    CollectorClient.One<RuleSetRow> set = new RuleSetClient(collector).find(setName);
    List<RuleSetRow.AgentState> agents = set.row().agents();
    if (json) {
      terminal.json(set.json());
    } else if (agents == null || agents.isEmpty()) {
      terminal.note("whorl: no connected agent matches " + set.row().targetWords());
    } else {
      Table table =
          new Table(
              Table.id("AGENT"),
              Table.flexible("SERVICE"),
              Table.flexible("POD"),
              Table.exact("STATE"),
              Table.exact("VERSION"),
              Table.exact("RULES"));
      for (RuleSetRow.AgentState agent : agents) {
        table.row(
            agent.agent(),
            agent.service(),
            agent.pod() == null ? agent.host() : agent.pod(),
            agent.state(),
            Integer.toString(agent.version()),
            Integer.toString(agent.rules()));
      }
      table.print(terminal);
      for (RuleSetRow.AgentState agent : agents) {
        if (agent.problems() != null) {
          agent
              .problems()
              .forEach(problem -> terminal.line("problem at " + agent.agent() + ": " + problem));
        }
      }
    }
    return ExitStatus.DONE;
  }
}
