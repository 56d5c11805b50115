package whorl.collector.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CaptureRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.IdConverter;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;
import whorl.evidence.Id;
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
      converter = IdConverter.class)
  private @Nullable Id agent;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state: requested, running, shipping, sealed, partial or failed.",
      converter = CaptureStateConverter.class)
  private @Nullable CaptureState state;

  public CapturesCommand(CommandContext commandContext) {
    super(commandContext, "captures");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("agent", agent);
    filters.put("state", state == null ? null : state.word());
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
            Table.exact("REQUESTED"),
            Table.exact("STATE"),
            Table.flexible("SERVICE"),
            Table.flexible("REASON"),
            Table.exact("SIZE"),
            Table.exact("EVIDENCE"),
            Table.exact("CAPTURE"));
    for (CaptureRow row : rows) {
      table.row(
          Table.time(row.requestedAt()),
          Table.Cell.of(row.doing(), style(row.state())),
          row.service(),
          row.failure() == null ? row.reason() : row.failure(),
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
