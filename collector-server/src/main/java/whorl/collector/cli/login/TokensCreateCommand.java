package whorl.collector.cli.login;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "create",
    header = "Make an API token for yourself, such as for a script, and print it.",
    description = {
      "",
      "The token is shown now and never again. At each use it may do what you may do then, within"
          + " its role, namespaces, services and labels. You may have 50.",
    },
    footer = {
      "%nExamples:",
      "  whorl tokens create nightly-export --expires 90d",
      "  whorl tokens create ci --expires 2027-01-31 --role responder --namespace shop",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class TokensCreateCommand extends RemoteCommand {
  private static final Pattern DAYS = Pattern.compile("([1-9]\\d{0,3})d");

  @Parameters(paramLabel = "NAME", description = "For you to know it again.")
  private String name;

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      required = true,
      description = "In days, such as 90d, or a date, such as 2027-01-31; at most 366 days away.")
  private String expires;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "viewer",
      completionCandidates = Roles.class,
      converter = Roles.class,
      description = "viewer, responder or admin (default: ${DEFAULT-VALUE}).")
  private String role;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Only these namespaces; may be repeated.")
  private List<String> namespaces = List.of();

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Only these services; may be repeated.")
  private List<String> services = List.of();

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "Only what has these labels; may be repeated.")
  private Map<String, String> labels = Map.of();

  @Option(names = "--json", description = "Print JSON, as the collector's API has it.")
  private boolean json;

  /** The roles that a token can have. */
  static final class Roles extends Words {
    Roles() {
      super("viewer", "responder", "admin");
    }
  }

  public TokensCreateCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("name", name);
    order.put("role", role);
    put(order, "namespaces", namespaces.isEmpty() ? null : namespaces);
    put(order, "services", services.isEmpty() ? null : services);
    put(order, "labels", labels.isEmpty() ? null : labels);
    order.put("expires", time(expires, commandContext.clock().instant()).toString());
    CollectorClient.One<TokenRow> made = collector.one("POST", "tokens", order, TokenRow.class);
    if (json) {
      commandContext.terminal().json(made.json());
    } else {
      commandContext.terminal().line(String.valueOf(made.row().token()));
      commandContext
          .terminal()
          .note(
              "whorl: API token "
                  + made.row().id()
                  + ", valid until "
                  + Table.time(made.row().expires())
                  + "; it is shown only now");
    }
    return ExitStatus.DONE;
  }

  private static void put(Map<String, Object> order, String field, @Nullable Object value) {
    if (value != null) {
      order.put(field, value);
    }
  }

  static Instant time(String text, Instant now) {
    Matcher days = DAYS.matcher(text);
    if (days.matches()) {
      return now.plus(Duration.ofDays(Long.parseLong(days.group(1))));
    }
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw CliException.usage(
          "--expires is neither days nor a date: " + text,
          "such as 90d, 2027-01-31 or 2027-01-31T12:00:00Z");
    }
  }
}
