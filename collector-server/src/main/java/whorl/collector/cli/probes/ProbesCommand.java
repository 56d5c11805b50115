package whorl.collector.cli.probes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "probes",
    header = "List method probes, or show the calls of one.",
    footer = {
      "%nExit status 4 when the probe has recorded no call.",
      "%nExample:",
      "  whorl probes",
    })
public final class ProbesCommand extends RemoteCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The probe; without it all are listed.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId id;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "List at most N probes (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private ProbesCommand(CommandContext commandContext) {
    super(commandContext);
  }

  /** The command with its subcommand. */
  public static CommandLine commandLine(CommandContext commandContext) {
    return new CommandLine(new ProbesCommand(commandContext))
        .addSubcommand(new ProbesStopCommand(commandContext));
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    ProbeClient probes = new ProbeClient(collector);
    Terminal terminal = commandContext.terminal();
    if (limit < 1) {
      throw CliException.usage("--limit " + limit + " shows nothing", "give 1 or more");
    }
    return id == null
        ? list(probes, terminal)
        : show(probes, Ids.of(collector, IdKind.PROBE, id).value(), terminal);
  }

  private int list(ProbeClient probes, Terminal terminal) {
    List<JsonNode> all = probes.probes(limit);
    if (json) {
      terminal.json(Map.of("probes", all));
    } else if (all.isEmpty()) {
      terminal.note("whorl: no probes");
    } else {
      ProbeView.table(all).print(terminal);
    }
    return ExitStatus.DONE;
  }

  private int show(ProbeClient probes, String probe, Terminal terminal) {
    JsonNode shown = probes.probe(probe);
    List<JsonNode> calls = new ArrayList<>();
    String unused = probes.calls(probe, "", calls::add);
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("probe", shown);
      all.put("calls", calls);
      terminal.json(all);
    } else {
      calls.forEach(call -> ProbeView.call(terminal, call));
      ProbeView.summary(terminal, shown);
    }
    return calls.isEmpty() ? ExitStatus.NOTHING_MATCHED : ExitStatus.DONE;
  }
}
