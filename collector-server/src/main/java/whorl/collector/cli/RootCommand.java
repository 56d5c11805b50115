package whorl.collector.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import whorl.collector.cli.alerts.AlertsCommand;
import whorl.collector.cli.audit.AuditCommand;
import whorl.collector.cli.cases.CasesCommand;
import whorl.collector.cli.completion.CompleteCommand;
import whorl.collector.cli.completion.CompletionCommand;
import whorl.collector.cli.doctor.DoctorCommand;
import whorl.collector.cli.evidence.CompareCommand;
import whorl.collector.cli.evidence.CustodyCommand;
import whorl.collector.cli.evidence.EvidenceCommand;
import whorl.collector.cli.evidence.HeapCommand;
import whorl.collector.cli.evidence.RetentionCommand;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.evidence.VerifyCommand;
import whorl.collector.cli.fleet.AgentsCommand;
import whorl.collector.cli.fleet.CaptureCommand;
import whorl.collector.cli.fleet.CapturesCommand;
import whorl.collector.cli.fleet.SchedulesCommand;
import whorl.collector.cli.fleet.SearchCommand;
import whorl.collector.cli.hunts.HuntCommand;
import whorl.collector.cli.hunts.HuntsCommand;
import whorl.collector.cli.kubernetes.KubernetesSecretsCommand;
import whorl.collector.cli.kubernetes.WebhookCommand;
import whorl.collector.cli.libraries.LibrariesCommand;
import whorl.collector.cli.login.ContextsCommand;
import whorl.collector.cli.login.LoginCommand;
import whorl.collector.cli.login.LogoutCommand;
import whorl.collector.cli.login.TokensCreateCommand;
import whorl.collector.cli.login.TokensListCommand;
import whorl.collector.cli.login.TokensRevokeCommand;
import whorl.collector.cli.login.UseCommand;
import whorl.collector.cli.marks.MarksCommand;
import whorl.collector.cli.mcp.McpCommand;
import whorl.collector.cli.notify.NotificationsCommand;
import whorl.collector.cli.offline.ImportCommand;
import whorl.collector.cli.probes.ProbeCommand;
import whorl.collector.cli.probes.ProbesCommand;
import whorl.collector.cli.replay.ReplayCommand;
import whorl.collector.cli.rules.RulesCommand;
import whorl.collector.cli.server.BackupCommand;
import whorl.collector.cli.server.CustodyKeyCommand;
import whorl.collector.cli.server.RestoreCommand;
import whorl.collector.cli.server.TokensCommand;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.cli.timeline.FindingsCommand;
import whorl.collector.cli.timeline.QueryCommand;
import whorl.collector.cli.timeline.SeriesCommand;
import whorl.collector.cli.timeline.TimelineCommand;
import whorl.collector.cli.tls.TlsCommand;
import whorl.collector.cli.views.ViewsCommand;

/** The command line: all commands, and the handling of errors. */
@Command(
    name = "whorl",
    header = "Forensic evidence from JVMs in containers.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionProvider.class,
    description = {
      "",
      "Runs the collector, and talks to one: captures, lists, downloads, analyses and verifies.",
    },
    footer = {
      "%nIds are given whole, by their first or last characters (at least 4) if only one has"
          + " them, as latest, or as latest:SERVICE. Narrow tables show the last 8.",
      "%nTimes are 2026-11-29T08:00:00Z, 2026-11-29, 17:06 (UTC), today, yesterday, or how long"
          + " ago: 10m, 2h, 3d.",
      "%nThe collector is --url or WHORL_COLLECTOR_URL, who you are --token or WHORL_TOKEN; else"
          + " what `whorl login` has stored.",
      "%nExit status: 0 done, 1 failed, 2 wrong usage, 3 verification failed, 4 nothing matched.",
      "%nwhorl stands for: java -jar whorl-collector.jar",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
public final class RootCommand implements Callable<Integer> {
  private static final int HELP_COLUMNS = 80;
  private static final int HELP_MAX_COLUMNS = 110;

  private final CommandContext commandContext;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  private RootCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  /**
   * The whole command line.
   *
   * @param first commands of other packages, such as {@code serve}, listed before ours
   */
  public static CommandLine commandLine(
      CommandContext commandContext, Verifier verifier, Object... first) {
    CommandLine root = new CommandLine(new RootCommand(commandContext));
    for (Object command : first) {
      root.addSubcommand(command);
    }
    root.addSubcommand(new LoginCommand(commandContext))
        .addSubcommand(new LogoutCommand(commandContext))
        .addSubcommand(new ContextsCommand(commandContext))
        .addSubcommand(new UseCommand(commandContext))
        .addSubcommand(new AgentsCommand(commandContext))
        .addSubcommand(new LibrariesCommand(commandContext))
        .addSubcommand(new CaptureCommand(commandContext, verifier))
        .addSubcommand(new CapturesCommand(commandContext))
        .addSubcommand(SchedulesCommand.commandLine(commandContext))
        .addSubcommand(AlertsCommand.commandLine(commandContext))
        .addSubcommand(NotificationsCommand.commandLine(commandContext))
        .addSubcommand(new HuntCommand(commandContext))
        .addSubcommand(new HuntsCommand(commandContext))
        .addSubcommand(new ProbeCommand(commandContext))
        .addSubcommand(ProbesCommand.commandLine(commandContext))
        .addSubcommand(new CustodyCommand(commandContext))
        .addSubcommand(new AuditCommand(commandContext))
        .addSubcommand(new RetentionCommand(commandContext))
        .addSubcommand(EvidenceCommand.commandLine(commandContext, verifier))
        .addSubcommand(new ReplayCommand(commandContext))
        .addSubcommand(CasesCommand.commandLine(commandContext))
        .addSubcommand(MarksCommand.commandLine(commandContext))
        .addSubcommand(ViewsCommand.commandLine(commandContext))
        .addSubcommand(TimelineCommand.commandLine(commandContext))
        .addSubcommand(new QueryCommand(commandContext))
        .addSubcommand(new FindingsCommand(commandContext))
        .addSubcommand(new CompareCommand(commandContext))
        .addSubcommand(new HeapCommand(commandContext))
        .addSubcommand(new SearchCommand(commandContext))
        .addSubcommand(new SeriesCommand(commandContext))
        .addSubcommand(new McpCommand(commandContext))
        .addSubcommand(new VerifyCommand(commandContext, verifier))
        .addSubcommand(new ImportCommand(commandContext, verifier))
        .addSubcommand(new BackupCommand(commandContext))
        .addSubcommand(new CustodyKeyCommand(commandContext))
        .addSubcommand(new RestoreCommand(commandContext))
        .addSubcommand(new DoctorCommand(commandContext))
        .addSubcommand(new KubernetesSecretsCommand(commandContext))
        .addSubcommand(new WebhookCommand(commandContext))
        .addSubcommand(
            TokensCommand.commandLine(
                commandContext,
                new TokensCreateCommand(commandContext),
                new TokensListCommand(commandContext),
                new TokensRevokeCommand(commandContext)))
        .addSubcommand(TlsCommand.commandLine(commandContext))
        .addSubcommand(RulesCommand.commandLine(commandContext))
        .addSubcommand(new CompletionCommand(commandContext))
        .addSubcommand(new CompleteCommand(commandContext))
        .addSubcommand(new VersionCommand())
        .addSubcommand(new HelpCommand());
    return configured(root, commandContext.terminal());
  }

  /** Without a command the usage is shown, and the exit status is that of wrong usage. */
  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "no command is given");
  }

  private static CommandLine configured(CommandLine root, Terminal terminal) {
    int columns =
        terminal.interactive()
            ? Math.max(HELP_COLUMNS, Math.min(HELP_MAX_COLUMNS, terminal.columns()))
            : HELP_COLUMNS;
    configure(root.getCommandSpec());
    return root.setUsageHelpWidth(columns)
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler((wrong, args) -> wrongUsage(wrong, terminal))
        .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line, terminal));
  }

  private static void configure(CommandSpec spec) {
    spec.usageMessage()
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .synopsisHeading("%nUsage: ")
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n");
    spec.subcommands().values().forEach(sub -> configure(sub.getCommandSpec()));
  }

  private static int wrongUsage(CommandLine.ParameterException wrong, Terminal terminal) {
    CommandLine command = wrong.getCommandLine();
    String remedy = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
    if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
      terminal.problem(unmatched(unmatched, remedy));
    } else {
      String problem = ParserWords.plain(String.valueOf(wrong.getMessage()));
      terminal.problem(CliException.usage(problem, remedy));
      if (!command.getSubcommands().isEmpty()) {
        command.usage(command.getErr());
      }
    }
    return ExitStatus.WRONG_USAGE;
  }

  private static CliException unmatched(
      CommandLine.UnmatchedArgumentException unmatched, String help) {
    String first = unmatched.getUnmatched().get(0);
    List<String> suggestions = unmatched.getSuggestions();
    String remedy =
        suggestions.isEmpty() ? help : "did you mean `" + suggestions.get(0) + "`? Else " + help;
    String kind = "one argument too many";
    if (unmatched.isUnknownOption()) {
      kind = "no such option";
    } else if (!unmatched.getCommandLine().getSubcommands().isEmpty()) {
      kind = "no such command";
    }
    return CliException.usage(kind + ": " + first, remedy);
  }

  private static int failed(Exception e, CommandLine command, Terminal terminal) {
    if (e instanceof CliException cliException) {
      terminal.problem(cliException);
      return cliException.exitStatus();
    }
    terminal.note("whorl: a defect in " + command.getCommandSpec().qualifiedName() + ": " + e);
    for (StackTraceElement frame : e.getStackTrace()) {
      terminal.note("         at " + frame);
    }
    return ExitStatus.FAILED;
  }
}
