package whorl.collector.cli.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.AgentRow;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "agents",
    header = "List the JVMs that have an agent, connected or seen before.",
    footer = {
      "%nCPU is the share of one processor that the agent's threads and the flight",
      "recorder's took between the last two heartbeats, HEAP what the agent holds.",
      "DROPPED is the number of events and bytes that were lost at its limits.",
      "All of what it costs is in --json. CHAIN says what is wrong with its messages:",
      "gap (with the number of missing ones), replay, fork or second-speaker; it is",
      "empty for an agent without a chain.",
      "%nExample:",
      "  whorl agents --namespace shop --connected",
    })
public final class AgentsCommand extends ListingCommand<AgentRow> {
  @Option(names = "--service", paramLabel = "S", description = "Only this service.")
  private @Nullable String service;

  @Option(names = "--namespace", paramLabel = "N", description = "Only this namespace.")
  private @Nullable String namespace;

  @Option(names = "--pod", paramLabel = "P", description = "Only this pod.")
  private @Nullable String pod;

  @Option(names = "--connected", description = "Only those that can capture now.")
  private boolean connected;

  public AgentsCommand(CommandContext commandContext) {
    super(commandContext, "agents");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("service", service);
    filters.put("namespace", namespace);
    filters.put("pod", pod);
    filters.put("connected", connected ? true : null);
    return filters;
  }

  @Override
  protected CollectorClient.Listing<AgentRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.agents(filters, limit);
  }

  @Override
  protected Table table(List<AgentRow> rows) {
    Table table =
        new Table(
            Table.message("SERVICE"),
            Table.flexible("NAMESPACE"),
            Table.flexible("POD"),
            Table.optional(Table.flexible("HOST")),
            Table.exact("LAST SEEN"),
            Table.exact("DROPPED"),
            Table.optional(Table.exact("CHAIN")),
            Table.optional(Table.exact("CPU")),
            Table.optional(Table.exact("HEAP")),
            Table.optional(Table.exact("CONTAINER")),
            Table.id("AGENT"));
    for (AgentRow row : rows) {
      table.row(
          row.service(),
          row.namespace(),
          row.pod(),
          row.host(),
          state(row),
          row.lost() == 0 ? 0 : Table.Cell.of(row.lost(), Terminal.Style.WARNING),
          chain(row),
          row.cpuShare(),
          row.held(),
          row.shortContainer(),
          row.id());
    }
    return table;
  }

  private static @Nullable Object chain(AgentRow row) {
    String state = row.chainState();
    return state != null && row.isChainBroken()
        ? Table.Cell.of(state, Terminal.Style.WARNING)
        : state;
  }

  private static Table.Cell state(AgentRow row) {
    if (!row.connected()) {
      return Table.Cell.of(Table.time(row.lastSeen()), Terminal.Style.WARNING);
    }
    String failure = row.selfTestFailure();
    if (failure != null) {
      return Table.Cell.of("connected, " + failure, Terminal.Style.BAD);
    }
    return row.startedLate()
        ? Table.Cell.of("connected, started late", Terminal.Style.WARNING)
        : Table.Cell.of("connected", Terminal.Style.GOOD);
  }
}
