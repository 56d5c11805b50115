package whorl.collector.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.ids.AskedId;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

/** A command that shows one of the collector's lists, as a table or as JSON. */
public abstract class ListingCommand<T> extends RemoteCommand {
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Show at most N (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  private final String name;

  /**
   * @param name of the list, in the API
   */
  protected ListingCommand(CommandContext commandContext, String name) {
    super(commandContext);
    this.name = name;
  }

  /** The name of the list, in the API. */
  protected String name() {
    return name;
  }

  /** True if JSON is to be printed. */
  protected final boolean json() {
    return json;
  }

  /**
   * The conditions for rows; null values are left out, and an {@link AskedId} and a {@link
   * GivenTime} are resolved.
   */
  protected abstract Map<String, @Nullable Object> filters();

  protected abstract CollectorClient.Listing<T> fetch(
      CollectorClient collector, Map<String, String> filters, int limit);

  protected abstract Table table(List<T> rows);

  /** A row as JSON; some lists leave out what is long. */
  protected JsonNode summary(JsonNode row) {
    return row;
  }

  private static String text(
      Object value, CollectorClient collector, CommandContext commandContext) {
    if (value instanceof AskedId asked) {
      return Ids.of(collector, asked.kind(), asked.given()).value();
    }
    return value instanceof GivenTime time
        ? time.at(commandContext.clock()).toString()
        : value.toString();
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (limit < 1) {
      throw CliException.usage("--limit " + limit + " shows nothing", "give 1 or more");
    }
    Map<String, String> query = new LinkedHashMap<>();
    filters()
        .forEach(
            (key, value) -> {
              if (value != null) {
                query.put(key, text(value, collector, commandContext));
              }
            });
    CollectorClient.Listing<T> listing = fetch(collector, query, limit);
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(Map.of(name(), listing.json().stream().map(this::summary).toList()));
    } else if (!listing.rows().isEmpty()) {
      table(listing.rows()).print(terminal);
    }
    if (listing.more()) {
      terminal.note("whorl: there are more; raise --limit");
    }
    if (listing.rows().isEmpty() && !json) {
      terminal.note("whorl: no " + name() + (query.isEmpty() ? "" : " match"));
    }
    return listing.rows().isEmpty() && !query.isEmpty()
        ? ExitStatus.NOTHING_MATCHED
        : ExitStatus.DONE;
  }
}
