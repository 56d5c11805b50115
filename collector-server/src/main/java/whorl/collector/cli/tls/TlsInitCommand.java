package whorl.collector.cli.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Terminal;

@Command(
    name = "init",
    customSynopsis = "whorl tls init DIR --host=H... [--days=N]",
    header = "Make a CA, a server certificate and an agent certificate.",
    description = {
      "",
      "Writes ca.pem, server.pem, agent.pem and their keys ca-key.pem, server-key.pem,"
          + " agent-key.pem (mode 0600) to DIR. Nothing is overwritten.",
    },
    footer = {
      "%nThe CA lasts ten years. Keep ca-key.pem off the servers: it is needed to sign further"
          + " certificates, and by nobody else.",
      "%nExample:",
      "  whorl tls init tls/ --host whorl.forensics.svc --host 10.0.0.7",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class TlsInitCommand implements Callable<Integer> {
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
  private static final int HOST_MAX_CHARS = 253;
  private static final int DAYS_MAX = 3650;

  private final CommandContext commandContext;

  @Parameters(paramLabel = "DIR", description = "The folder; made if it is not there.")
  private Path folder;

  @Option(
      names = "--host",
      paramLabel = "H",
      required = true,
      description = "A DNS name or IP address by which the collector is reached; may be repeated.")
  private List<String> hosts;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "730",
      description = "How long server and agent certificates last (default: ${DEFAULT-VALUE}).")
  private int days;

  TlsInitCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    hosts.forEach(TlsInitCommand::check);
    if (days < 1 || days > DAYS_MAX) {
      throw CliException.usage("--days " + days + " is not from 1 to " + DAYS_MAX, null);
    }
    TlsFolder files = new TlsFolder(folder);
    files.refuseToOverwrite(List.of("ca", "server", "agent"));
    try {
      NewCertificates.write(folder, commandContext.clock().instant(), hosts, Duration.ofDays(days));
    } catch (IOException e) {
      throw CliException.failed("cannot write to " + folder + ": " + Problems.text(e), null);
    } catch (GeneralSecurityException e) {
      throw CliException.failed("cannot make certificates: " + Problems.text(e), null);
    }
    explain(files);
    return ExitStatus.DONE;
  }

  private static void check(String host) {
    if (IPAddress.isValid(host)) {
      return;
    }
    String name = host.startsWith("*.") ? host.substring(2) : host;
    boolean labels = true;
    for (String label : name.split("\\.", -1)) {
      labels &= LABEL.matcher(label).matches();
    }
    if (!labels || name.length() > HOST_MAX_CHARS) {
      throw CliException.usage(
          "--host " + host + " is neither a DNS name nor an IP address",
          "give it without scheme and port, such as whorl.example.org");
    }
  }

  private void explain(TlsFolder files) {
    Terminal terminal = commandContext.terminal();
    String host = IPAddress.isValidIPv6(hosts.get(0)) ? "[" + hosts.get(0) + "]" : hosts.get(0);
    terminal.line("Made " + folder + " with a CA and certificates for " + String.join(", ", hosts));
    terminal.line("");
    terminal.line("Start the collector with");
    terminal.line("  --tls-cert " + files.certificate("server"));
    terminal.line("  --tls-key " + files.key("server"));
    terminal.line(
        "  --client-ca "
            + files.certificate("ca")
            + "   (refuses clients without one of its certificates)");
    terminal.line("");
    terminal.line("Give each application's environment");
    terminal.line("  WHORL_COLLECTOR_URL=https://" + host + ":7117");
    terminal.line("  WHORL_COLLECTOR_CA=" + files.certificate("ca"));
    terminal.line("  WHORL_COLLECTOR_CLIENT_CERT=" + files.certificate("agent"));
    terminal.line("  WHORL_COLLECTOR_CLIENT_KEY=" + files.key("agent"));
    terminal.line("");
    terminal.line("Call the other commands with");
    terminal.line("  --url https://" + host + ":7117 --ca " + files.certificate("ca"));
    terminal.line(
        "  --client-cert " + files.certificate("agent") + " --client-key " + files.key("agent"));
  }
}
