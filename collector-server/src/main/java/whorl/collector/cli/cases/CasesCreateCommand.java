package whorl.collector.cli.cases;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Id;

@Command(
    name = "create",
    header = "Begin a case, and print its id.",
    footer = {
      "%nExample:",
      "  whorl cases create \"Shell in the shop\" --tag shop --evidence ID",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class CasesCreateCommand extends RemoteCommand {
  @Parameters(paramLabel = "TITLE", description = "At most 200 characters.")
  private String title;

  @Option(names = "--description", paramLabel = "TEXT", description = "What it is about.")
  private @Nullable String description;

  @Option(names = "--tag", paramLabel = "TAG", description = "A tag; may be repeated.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      description = "Evidence to begin with; may be repeated.",
      converter = GivenIdConverter.class)
  private List<GivenId> evidence = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  CasesCreateCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    // first, so that no case is made for evidence that is not there
    List<Id> first = Ids.all(collector, IdKind.EVIDENCE, evidence);
    CaseClient cases = new CaseClient(collector);
    CollectorClient.One<CaseRow> created = cases.create(title, description, tags);
    Id id = created.row().id();
    first.forEach(evidenceId -> cases.add(id, evidenceId));
    if (json) {
      commandContext.terminal().json(first.isEmpty() ? created.json() : cases.find(id).json());
    } else {
      commandContext.terminal().line(id.value());
    }
    return ExitStatus.DONE;
  }
}
