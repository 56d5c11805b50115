package whorl.collector.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "remove",
    header = "Take pushed rules back from all agents; needs a token of role admin.",
    footer = {
      "%nExample:",
      "  whorl rules remove price-list",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class RulesRemoveCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "The sets.")
  private List<String> names;

  RulesRemoveCommand(Session session) {
    super(session);
  }

  @Override
  int run(CollectorClient collector, Session session) {
    for (String name : names) {
      collector.removeRuleSet(name);
      session.terminal().note("whorl: removed " + name);
    }
    return ExitStatus.DONE;
  }
}
