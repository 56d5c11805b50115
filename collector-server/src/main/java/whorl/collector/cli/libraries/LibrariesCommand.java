package whorl.collector.cli.libraries;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.ListingCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "libraries",
    header = "List which JVMs have a library, in which version, loaded or only present.",
    description = {
      "",
      "NAME is Maven's artifact id, or group:artifact; a star at the end stands for any end:",
      "log4j-core, org.apache.logging.log4j:log4j-core, log4j*.",
    },
    footer = {
      "%nLOADED is the kind of loader that has loaded a class of the jar: boot, platform,",
      "app (the class path) or other (a web application, a fat jar); empty if none has.",
      "%nExit status 4 if no JVM has it. JVMs whose libraries are not known are counted",
      "in a note.",
      "%nExamples:",
      "  whorl libraries log4j-core --version '<2.17.1' --loaded",
      "  whorl libraries --group org.springframework --version '[5.3.0,5.3.18)'",
      "  whorl libraries --agent 01jd2k0000abcd",
    })
public final class LibrariesCommand extends ListingCommand<LibraryRow> {
  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The library.")
  private @Nullable String name;

  @Option(
      names = "--version",
      paramLabel = "RANGE",
      description =
          "Only these versions, in Maven's order: <2.17, '>=2.0 <2.17.1', 2.14.1 or [2.0,2.17).")
  private @Nullable String version;

  @Option(names = "--loaded", description = "Only if a class of it is loaded.")
  private boolean loaded;

  @Option(names = "--group", paramLabel = "G", description = "Only of this group, as in Maven.")
  private @Nullable String group;

  @Option(names = "--sha256", paramLabel = "H", description = "Only the jar with this SHA-256.")
  private @Nullable String sha256;

  @Option(names = "--service", paramLabel = "S", description = "Only in JVMs of this service.")
  private @Nullable String service;

  @Option(
      names = "--agent",
      paramLabel = "ID",
      converter = GivenIdConverter.class,
      description = "All libraries of this JVM instead.")
  private @Nullable GivenId agent;

  private int unknown;
  private int withoutVersion;

  public LibrariesCommand(CommandContext commandContext) {
    super(commandContext, "libraries");
  }

  @Override
  protected Map<String, @Nullable Object> filters() {
    Map<String, @Nullable Object> filters = new LinkedHashMap<>();
    filters.put("name", name);
    filters.put("group", group);
    filters.put("version", version);
    filters.put("sha256", sha256);
    filters.put("service", service);
    filters.put("loaded", loaded ? true : null);
    return filters;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    boolean filtered = filters().values().stream().anyMatch(value -> value != null);
    if (agent != null && filtered) {
      throw CliException.usage(
          "--agent lists all libraries of one JVM", "leave out the name and the other filters");
    }
    if (agent == null && name == null && group == null && sha256 == null) {
      throw CliException.usage(
          "no library is named", "give its name, --group, --sha256, or --agent for those of a JVM");
    }
    int status = super.run(collector, commandContext);
    Terminal terminal = commandContext.terminal();
    if (withoutVersion > 0) {
      terminal.note(
          "whorl: " + withoutVersion + " more have the name, but nothing says their version");
    }
    if (unknown > 0) {
      terminal.note("whorl: the libraries of " + unknown + " connected JVMs are not known");
    }
    return agent != null ? ExitStatus.DONE : status;
  }

  @Override
  protected CollectorClient.Listing<LibraryRow> fetch(
      CollectorClient collector, Map<String, String> filters, int limit) {
    String path =
        agent == null
            ? "libraries"
            : "agents/" + Ids.of(collector, IdKind.AGENT, agent) + "/libraries";
    return collector.list(path, "libraries", filters, limit, LibraryRow.class, this::note);
  }

  private void note(JsonNode page) {
    unknown += page.path("unknown").asInt();
    withoutVersion += page.path("withoutVersion").asInt();
  }

  @Override
  protected Table table(List<LibraryRow> rows) {
    return agent == null ? ofJvms(rows) : ofOne(rows);
  }

  private static Table ofJvms(List<LibraryRow> rows) {
    Table table =
        new Table(
            Table.message("LIBRARY"),
            Table.exact("VERSION"),
            Table.exact("LOADED"),
            Table.flexible("SERVICE"),
            Table.optional(Table.flexible("POD")),
            Table.exact("JVM"),
            Table.optional(Table.flexible("PATH")),
            Table.id("AGENT"));
    for (LibraryRow row : rows) {
      table.row(
          row.coordinates(),
          row.version(),
          row.loader() == null ? null : Table.Cell.of(row.loader(), Terminal.Style.WARNING),
          row.service(),
          row.pod() == null ? row.host() : row.pod(),
          Boolean.TRUE.equals(row.connected())
              ? Table.Cell.of("connected", Terminal.Style.GOOD)
              : "gone",
          row.path(),
          row.agent());
    }
    return table;
  }

  private static Table ofOne(List<LibraryRow> rows) {
    Table table =
        new Table(
            Table.message("LIBRARY"),
            Table.exact("VERSION"),
            Table.exact("FROM"),
            Table.exact("LOADED"),
            Table.flexible("PATH"),
            Table.flexible("PROBLEM"));
    for (LibraryRow row : rows) {
      table.row(
          row.coordinates(), row.version(), row.from(), row.loader(), row.path(), row.problem());
    }
    return table;
  }
}
