package whorl.collector.cli.doctor;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredContexts;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Printable;
import whorl.collector.cli.terminal.Terminal;
import whorl.collector.maintenance.Check;
import whorl.collector.maintenance.FolderChecks;

/** Checks a deployment from outside. */
@Command(
    name = "doctor",
    header = "Check that a deployment is right.",
    description = {
      "",
      "Checks a collector from outside: address, TLS, readiness, clock, version, token, agents,"
          + " room, rules, evidence, custody. Each check says what was seen, and what to do about"
          + " it. Nothing is changed.",
      "",
      "With --kubernetes, reads manifests instead (kubectl get … -o json, as files or from standard"
          + " input): which pods asked for the agent and lack it, and why. With --data, the folder"
          + " of a collector that does not run. With --notify, a file of notifications.",
      "",
      "Why an agent sends nothing is seen best in its pod: java -jar whorl-agent.jar doctor.",
    },
    footer = {
      "%nExit status: 0 when all checks are ok or warnings, 1 when one failed, 2 wrong usage.",
      "%nExamples:",
      "  whorl doctor --url https://whorl.example:7117 --ca ca.crt",
      "  whorl doctor --data /data",
      "  whorl doctor --notify notify.yaml",
      "  kubectl get pods,namespaces,networkpolicies -A -o json | whorl doctor --kubernetes",
    })
public final class DoctorCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "With --kubernetes: manifests as JSON; standard input without.")
  private List<Path> files = List.of();

  @Option(names = "--kubernetes", description = "Check manifests instead of a collector.")
  private boolean kubernetes;

  @Option(
      names = "--injection",
      paramLabel = "FILE",
      description = "With --kubernetes: what is injected, as the webhook reads it.")
  private @Nullable Path injection;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Check the data folder of a collector that does not run.")
  private @Nullable Path data;

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description = "Check the webhook that injects the agent too.")
  private @Nullable URI webhook;

  @Option(
      names = "--webhook-ca",
      paramLabel = "PEM",
      description = "The authority of the webhook's certificate.")
  private @Nullable Path webhookCa;

  @Option(
      names = "--notify",
      paramLabel = "FILE",
      description = "Check a file of notifications, as serve --notify reads it.")
  private @Nullable Path notifyFile;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  public DoctorCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    if (kubernetes && data != null) {
      throw CliException.usage("--kubernetes and --data check different things", "give one");
    }
    if (notifyFile != null && (kubernetes || data != null)) {
      throw CliException.usage("--notify checks that file alone", "give nothing else");
    }
    if (!kubernetes && (!files.isEmpty() || injection != null)) {
      throw CliException.usage(
          "files and --injection are for --kubernetes", "see `whorl doctor --help`");
    }
    List<Check> checks = new ArrayList<>();
    if (notifyFile != null) {
      checks.add(NotifyCheck.of(notifyFile));
    } else if (kubernetes) {
      checks.addAll(new ManifestReader(files, injection).checks());
    } else if (data != null) {
      checks.addAll(FolderChecks.of(data));
    } else {
      collector(checks);
    }
    print(checks);
    return checks.stream().anyMatch(each -> each.state() == Check.State.FAIL)
        ? ExitStatus.FAILED
        : ExitStatus.DONE;
  }

  /** The collector of these options, or else of the login in use, as for other commands. */
  private void collector(List<Check> checks) {
    Instant now = commandContext.clock().instant();
    StoredContexts stored = ContextsFile.of(commandContext.environment()).read();
    StoredContext used = stored.inUse();
    URI url =
        used == null || connection.hasUrl(commandContext)
            ? connection.url(commandContext)
            : URI.create(used.url());
    String name = stored.nameOf(url.toString());
    StoredContext login = name == null ? null : stored.contexts().get(name);
    SSLContext given = connection.tls(url);
    SSLContext trust = given == null && login != null ? trust(login) : given;
    if (reachable(url, "", trust, now, checks)) {
      CollectorClient collector = connection.connect(commandContext);
      Samples samples = new StatusChecks(collector, commandContext.clock(), checks).run();
      String version = DoctorCommand.class.getPackage().getImplementationVersion();
      new ApiChecks(collector, samples, version, now, checks)
          .run(login != null || connection.hasToken(commandContext));
    }
    if (webhook != null) {
      if (!"https".equals(webhook.getScheme()) || webhook.getHost() == null) {
        throw CliException.usage("--webhook is not of the form https://HOST[:PORT]", null);
      }
      SSLContext webhookTrust = webhookCa == null ? null : TlsFiles.context(webhookCa, null, null);
      if (reachable(webhook, "webhook-", webhookTrust, now, checks)) {
        WebhookChecks.run(
            ConnectionOptions.connectWithoutToken(webhook, webhookTrust, commandContext), checks);
      }
    }
  }

  /** The authority and the certificate of a login; null for the platform's. */
  private static @Nullable SSLContext trust(StoredContext login) {
    return login.ca() == null && login.clientCert() == null
        ? null
        : TlsFiles.context(path(login.ca()), path(login.clientCert()), path(login.clientKey()));
  }

  private static @Nullable Path path(@Nullable String file) {
    return file == null ? null : Path.of(file);
  }

  private static boolean reachable(
      URI url, String prefix, @Nullable SSLContext trust, Instant now, List<Check> checks) {
    return ConnectionChecks.run(url, prefix, checks)
        && (!"https".equals(url.getScheme()) || TlsChecks.run(url, prefix, trust, now, checks));
  }

  private void print(List<Check> checks) {
    Terminal terminal = commandContext.terminal();
    if (json) {
      terminal.json(Map.of("checks", checks));
      return;
    }
    int width = checks.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    for (Check each : checks) {
      Terminal.Style style =
          switch (each.state()) {
            case OK -> Terminal.Style.GOOD;
            case WARN -> Terminal.Style.WARNING;
            case FAIL -> Terminal.Style.BAD;
          };
      String state = terminal.styled(style, String.format("%-4s", each.state().word()));
      String name = Printable.of(each.name());
      terminal
          .out()
          .println(
              state
                  + "  "
                  + name
                  + " ".repeat(width - each.name().length())
                  + "  "
                  + Printable.of(each.seen()));
      if (each.remedy() != null) {
        terminal.line(" ".repeat(8 + width) + each.remedy());
      }
    }
  }
}
