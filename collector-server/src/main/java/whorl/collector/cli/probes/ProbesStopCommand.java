package whorl.collector.cli.probes;

import picocli.CommandLine.Command;
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
    name = "stop",
    header = "End a probe now; the JVMs restore the classes.",
    footer = {
      "%nExample:",
      "  whorl probes stop probe-0001",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the id
final class ProbesStopCommand extends RemoteCommand {
  @Parameters(paramLabel = "ID", description = "The probe.", converter = GivenIdConverter.class)
  private GivenId id;

  ProbesStopCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.PROBE, this.id);
    new ProbeClient(collector).end(id.value());
    commandContext
        .terminal()
        .note("whorl: the probe ends; `whorl probes " + id + "` says whether classes are restored");
    return ExitStatus.DONE;
  }
}
