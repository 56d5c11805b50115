package whorl.collector.cli.timeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.command.JsonOption;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.command.Words;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.export.formats.TimelineFormat;
import whorl.evidence.Id;

@Command(
    name = "timeline",
    header = "Show what happened, in order: from evidence, or live.",
    description = {
      "",
      "Without --format, a table. With it, all rows that match, as they are, to standard output or"
          + " into FILE.",
    },
    footer = {
      "%nExit status 4 when nothing matched.",
      "%nExamples:",
      "  whorl timeline latest --type 'whorl.Process*' --grep /bin/sh --stacks",
      "  whorl timeline ID --request 01f3-7 --where 'file.path=/proc*' --since 17:06",
      "  whorl timeline --case ID --format timesketch --out case.jsonl",
      "  whorl timeline --follow --service shop",
    })
public final class TimelineCommand extends RemoteCommand {
  /** The source of the rows. */
  static final class Source {
    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "ID",
        description = "This evidence, or latest; the same as --evidence.",
        converter = GivenIdConverter.class)
    private @Nullable GivenId argument;

    @Option(
        names = "--evidence",
        paramLabel = "ID",
        split = ",",
        description = "This evidence; several with commas, in one order.",
        converter = GivenIdConverter.class)
    private List<GivenId> evidence = List.of();

    @Option(
        names = "--case",
        paramLabel = "ID",
        description = "All evidence of this case.",
        converter = GivenIdConverter.class)
    private @Nullable GivenId aCase;

    @Option(
        names = "--follow",
        description = {
          "The journal of running JVMs as it happens, until Ctrl-C. With --agent or --service.",
        })
    private boolean follow;

    @Option(
        names = "--agent",
        paramLabel = "ID",
        split = ",",
        description = "Follow this agent.",
        converter = GivenIdConverter.class)
    private List<GivenId> agents = List.of();

    @Option(
        names = "--service",
        paramLabel = "S",
        description = {
          "With --follow: all JVMs of this service, those to come too. With latest: the newest"
              + " evidence of it.",
        })
    private @Nullable String service;

    /** The evidence that is named, in its order. */
    private List<GivenId> named() {
      List<GivenId> named = new ArrayList<>();
      if (argument != null) {
        named.add(argument);
      }
      named.addAll(evidence);
      return named;
    }

    private boolean isOfLatest() {
      return named().stream().anyMatch(GivenId::isLatest);
    }
  }

  @ArgGroup(validate = false, exclusive = false, heading = "%nSource:%n", order = 1)
  private Source source = new Source();

  @ArgGroup(validate = false, exclusive = false, heading = "%nRows:%n", order = 2)
  private TimelineFilter filter = new TimelineFilter();

  @Option(
      names = "--raw-times",
      description = "Times by the clock of the JVM; else by the collector's, with one order.")
  private boolean rawTimes;

  @Option(names = "--stacks", description = "Stack traces as well.")
  private boolean stacks;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most N rows (200 in a table, else all).")
  private @Nullable Integer limit;

  @Option(
      names = "--format",
      paramLabel = "F",
      completionCandidates = Formats.class,
      description = "As this format; see below.")
  private @Nullable String format;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to; its ending names the format where --format does not.")
  private @Nullable Path out;

  /** For completion. */
  static final class Formats extends Words {
    Formats() {
      super(Arrays.stream(TimelineFormat.values()).map(TimelineFormat::word).toList());
    }
  }

  private TimelineCommand(CommandContext commandContext) {
    super(commandContext);
  }

  /** The command, whose help lists the formats. */
  public static CommandLine commandLine(CommandContext commandContext) {
    CommandLine command = new CommandLine(new TimelineCommand(commandContext));
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    List<String> footer = new ArrayList<>(List.of(usage.footer()));
    footer.add(
        0,
        "%nFormats: "
            + ExportFormats.described()
            + ". Of json there is one page, of --limit rows.");
    usage.footer(footer.toArray(String[]::new));
    return command;
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    if (limit != null && limit < 1) {
      throw CliException.usage("--limit " + limit + " shows nothing", "give 1 or more");
    }
    if (source.follow) {
      return follow(collector, commandContext);
    }
    if (!source.agents.isEmpty() || (source.service != null && !source.isOfLatest())) {
      throw CliException.usage(
          "--agent and --service are for what happens now", "add --follow, or give --evidence ID");
    }
    if (source.named().isEmpty() == (source.aCase == null)) {
      throw CliException.usage(
          source.aCase == null
              ? "no evidence is named"
              : "--evidence and --case exclude one another",
          "give an ID, latest, or --case ID; `whorl evidence list` shows what there is");
    }
    List<Id> evidence = new ArrayList<>();
    for (GivenId each : source.named()) {
      evidence.add(Ids.of(collector, IdKind.EVIDENCE, each, source.service));
    }
    TimelineSource rows =
        new TimelineSource(
            collector,
            evidence,
            Ids.orNull(collector, IdKind.CASE, source.aCase),
            filter.query(stacks, commandContext.clock(), collector));
    TimelineFormat requested = ExportFormats.requested(JsonOption.format(json, format), out);
    if (rawTimes && requested != null) {
      throw CliException.usage(
          "--raw-times is for the table", "formats have both times: @timestamp and jvm.time");
    }
    return requested == null
        ? new TimelineTable(commandContext, rows, stacks, rawTimes).show(limit)
        : new TimelineExport(commandContext, rows).export(requested.word(), limit, out);
  }

  private int follow(CollectorClient collector, CommandContext commandContext) {
    if (!source.named().isEmpty() || source.aCase != null || out != null || limit != null) {
      throw CliException.usage(
          "--evidence, --case, --limit and --out are for evidence, not for --follow",
          "leave them out, or leave out --follow");
    }
    if (source.agents.isEmpty() == (source.service == null)) {
      throw CliException.usage(
          source.service == null
              ? "no agent to follow is given"
              : "--agent and --service exclude one another",
          "give --agent ID or --service S; `whorl agents` shows who there is");
    }
    if (json || (format != null && !format.equals("ndjson"))) {
      throw CliException.usage(
          "--follow does not support format " + (json ? "json" : format),
          "give --format ndjson, or none for lines to read");
    }
    if (rawTimes) {
      throw CliException.usage(
          "--raw-times has no meaning with --follow", "the journal has the JVM's times");
    }
    filter.refuseAllBut("--follow", "--type", "--grep", "--thread", "--request");
    JournalLines lines = new JournalLines(commandContext.terminal(), format != null, stacks);
    return new JournalFollower(collector, commandContext, filter.live(), lines)
        .follow(Ids.all(collector, IdKind.AGENT, source.agents), source.service);
  }
}
