package whorl.collector.cli.timeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.GivenTime;
import whorl.collector.cli.command.JsonOption;
import whorl.collector.cli.command.PeriodOptions;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.export.formats.ResultFormat;
import whorl.collector.sql.EvidenceSelection;
import whorl.evidence.Id;

/** Asks a question in SQL: a collector, or a data folder or bags without one. */
@Command(
    name = "query",
    header = "Ask the timelines of a case or a time in SQL.",
    description = {
      "",
      "The tables are timeline, with a row for each event, and evidence. A dot in a column's name"
          + " is _ in SQL: file.path is file_path; @timestamp is event_time. DuckDB answers; one"
          + " SELECT is allowed, and it can read nothing else.",
    },
    footer = {
      "%nExit status 4 when there are no rows.",
      "%nExamples:",
      "  whorl query --case ID --sql 'SELECT event_action, count(*) FROM timeline GROUP BY 1'",
      "  whorl query --since 30d --service shop --format csv --out hosts.csv \\",
      "    --sql 'SELECT DISTINCT destination_ip, destination_port FROM timeline'",
      "  whorl query --data ./whorl-data --sql 'SELECT service, sealed_at FROM evidence'",
      "  whorl query --bag bags/ --sql 'SELECT event_time, message FROM timeline'",
    })
public final class QueryCommand extends RemoteCommand {
  @Option(names = "--sql", paramLabel = "SELECT", required = true, description = "The question.")
  private String sql = "";

  @Option(
      names = "--case",
      paramLabel = "ID",
      description = "About all evidence of this case.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId aCase;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      split = ",",
      description = "About this evidence; several with commas.",
      converter = GivenIdConverter.class)
  private List<GivenId> evidence = List.of();

  @Mixin private PeriodOptions sealed = new PeriodOptions();

  @Option(
      names = "--service",
      paramLabel = "S",
      description = "With --since or latest: only evidence of this service.")
  private @Nullable String service;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Read this data folder of a collector, or a copy of it, and ask no collector.")
  private @Nullable Path data;

  @Option(
      names = "--bag",
      paramLabel = "PATH",
      description =
          "Read this bag (zip or unpacked), or the bags in this folder, and ask no collector. Each"
              + " is verified first. Can be given several times.")
  private List<Path> bags = List.of();

  @Option(
      names = "--unverified",
      description = "With --bag: answer also if a bag is not what its digests say.")
  private boolean unverified;

  @Option(
      names = "--format",
      paramLabel = "F",
      completionCandidates = Formats.class,
      description = "json, ndjson or csv. Without it, a table.")
  private @Nullable String format;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to; its ending names the format where --format does not.")
  private @Nullable Path out;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most N rows (200 in a table, else 10000).")
  private @Nullable Integer limit;

  /** For completion. */
  static final class Formats extends Words {
    Formats() {
      super("json", "ndjson", "csv");
    }
  }

  public QueryCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (limit != null && limit < 1) {
      throw CliException.usage("--limit " + limit + " shows nothing", "give 1 or more");
    }
    QuerySource source = source(collector, commandContext);
    ResultFormat requested = requested();
    QueryOutput output = new QueryOutput(commandContext, source);
    return requested == null ? output.table(limit) : output.export(requested, limit, out);
  }

  private QuerySource source(CollectorClient collector, CommandContext commandContext) {
    if (unverified && bags.isEmpty()) {
      throw CliException.usage("--unverified is about bags", "name them with --bag");
    }
    if (data != null || !bags.isEmpty()) {
      return localSource(commandContext);
    }
    GivenTime since = sealed.from();
    int given = (aCase == null ? 0 : 1) + (evidence.isEmpty() ? 0 : 1) + (since == null ? 0 : 1);
    if (given != 1) {
      throw CliException.usage(
          given == 0 ? "no evidence is named" : "--case, --evidence and --since exclude each other",
          "give --case ID, --evidence ID, --since TIME, --data DIR or --bag PATH");
    }
    List<Id> ids = new ArrayList<>();
    for (GivenId each : evidence) {
      ids.add(Ids.of(collector, IdKind.EVIDENCE, each, service));
    }
    return new CollectorSource(
        collector,
        commandContext,
        ids,
        Ids.orNull(collector, IdKind.CASE, aCase),
        text(sealed.from(commandContext.clock())),
        text(sealed.to(commandContext.clock())),
        evidence.stream().anyMatch(GivenId::isLatest) ? null : service,
        sql);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private QuerySource localSource(CommandContext commandContext) {
    if (aCase != null || service != null) {
      throw CliException.usage(
          "--case and --service are for a collector",
          "with --data and --bag use --evidence or --since");
    }
    EvidenceSelection selection =
        new EvidenceSelection(
            wholeIds(), sealed.from(commandContext.clock()), sealed.to(commandContext.clock()));
    if (data == null) {
      return new BagSource(commandContext, bags, selection, unverified, sql);
    }
    if (!bags.isEmpty()) {
      throw CliException.usage("--data and --bag exclude each other", "ask one after the other");
    }
    return new FolderSource(data, selection, sql);
  }

  /** Without a collector there is nothing that resolves a part of an id. */
  private List<Id> wholeIds() {
    List<Id> ids = new ArrayList<>();
    for (GivenId each : evidence) {
      if (!Id.isId(each.text()) || each.isLatest()) {
        throw CliException.usage(
            each + " is not a whole id", "with --data and --bag give whole ids");
      }
      ids.add(new Id(each.text()));
    }
    return ids;
  }

  /** The format that is asked for; null for a table. */
  private @Nullable ResultFormat requested() {
    String format = JsonOption.format(json, this.format);
    if (format == null && out == null) {
      return null;
    }
    String name = String.valueOf(out == null ? "" : out.getFileName()).toLowerCase(Locale.ROOT);
    String word = format == null ? name.substring(name.lastIndexOf('.') + 1) : format;
    ResultFormat found = ResultFormat.of(word);
    if (found == null) {
      throw format == null
          ? CliException.usage(
              "the file name " + out + " implies no format",
              "give --format, one of " + ResultFormat.words())
          : CliException.usage("no format " + format, "there are " + ResultFormat.words());
    }
    return found;
  }
}
