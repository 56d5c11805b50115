package whorl.collector.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.channel.CaptureState;

/** Lists captures: those under way, and how the others ended. */
@Command(
    name = "captures",
    header = "List captures, newest first: how far they are, and how they ended.",
    footer = {
      "%nA capture goes on at its agent when the command that asked for it ends.",
      "%nExample:",
      "  whorl captures --service shop --state shipping",
    })
public final class CapturesCommand extends ListingCommand<CaptureRow> {
  @Option(names = "--service", paramLabel = "S", description = "Only of this service.")
  private @Nullable String service;

  @Option(
      names = "--agent",
      paramLabel = "ID",
      description = "Only of this agent.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId agent;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state: requested, running, shipping, sealed, partial or failed.",
      converter = CaptureStateConverter.class)
  private @Nullable CaptureState state;

  @Mixin private PeriodOptions period = new PeriodOptions();

  public CapturesCommand(CommandContext commandContext) {
    super(commandContext, "captures");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("agent", IdKind.AGENT.of(agent));
    filters.put("state", state == null ? null : state.word());
    filters.put("from", period.from());
    filters.put("to", period.to());
    return filters;
  }

  @Override
  protected CollectorClient.Listing<CaptureRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.captures(filters, limit);
  }

  @Override
  protected Table table(List<CaptureRow> rows) {
    Table table =
        new Table(
            Table.message("REASON"),
            Table.exact("STATE"),
            Table.flexible("SERVICE"),
            Table.exact("REQUESTED"),
            Table.optional(Table.exact("SIZE")),
            Table.optional(Table.id("EVIDENCE")),
            Table.id("CAPTURE"));
    for (CaptureRow row : rows) {
      table.row(
          row.failure() == null ? row.reason() : row.failure(),
          Table.Cell.of(row.doing(), style(row.state())),
          row.service(),
          Table.time(row.requestedAt()),
          row.bytes() == 0 ? null : Table.size(row.bytes()),
          row.evidence(),
          row.id());
    }
    return table;
  }

  private static Terminal.Style style(CaptureState state) {
    return switch (state) {
      case SEALED -> Terminal.Style.GOOD;
      case PARTIAL -> Terminal.Style.WARNING;
      case FAILED -> Terminal.Style.BAD;
      default -> Terminal.Style.PLAIN;
    };
  }
}
