package whorl.collector.cli.login;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "list",
    header = "List your API tokens; for an admin of everything, those of all people.",
    footer = {
      "%nExample:",
      "  whorl tokens list",
    })
public final class TokensListCommand extends ListingCommand<TokenRow> {
  public TokensListCommand(CommandContext commandContext) {
    super(commandContext, "tokens");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    return Map.of();
  }

  @Override
  protected CollectorClient.Listing<TokenRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    return collector.list("tokens", "tokens", filters, limit, TokenRow.class);
  }

  @Override
  protected Table table(List<TokenRow> rows) {
    Table table =
        new Table(
            Table.message("NAME"),
            Table.exact("ROLE"),
            Table.flexible("FOR"),
            Table.optional(Table.flexible("MADE BY")),
            Table.exact("EXPIRES"),
            Table.optional(Table.exact("USED")),
            Table.id("ID"));
    for (TokenRow row : rows) {
      table.row(
          row.name(),
          row.role(),
          part(row),
          row.maker(),
          Table.time(row.expires()),
          Table.time(row.used()),
          row.id());
    }
    return table;
  }

  private static String part(TokenRow row) {
    StringBuilder part = new StringBuilder();
    add(part, "namespaces", row.namespaces());
    add(part, "services", row.services());
    if (!row.labels().isEmpty()) {
      add(part, "labels", List.of(row.labels().toString()));
    }
    return part.isEmpty() ? "all of the maker's" : part.toString();
  }

  private static void add(StringBuilder part, String name, List<String> values) {
    if (!values.isEmpty()) {
      part.append(part.isEmpty() ? "" : "; ").append(name).append(' ');
      part.append(String.join(",", values));
    }
  }
}
