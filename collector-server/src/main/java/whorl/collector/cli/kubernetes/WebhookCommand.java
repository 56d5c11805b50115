package whorl.collector.cli.kubernetes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.config.ListenAddress;
import whorl.collector.config.TlsFiles;
import whorl.collector.inject.Webhook;
import whorl.collector.log.LogFormat;

/** Answers an API server's reviews of new pods, until the process ends. */
@Command(
    name = "webhook",
    header = "Inject the agent into pods that ask for it by a label.",
    description = {
      "",
      "Answers the admission reviews of a Kubernetes API server at /inject; the chart runs it and"
          + " registers it. It keeps nothing, so several can run. A pod is always admitted: an"
          + " error costs it the agent and nothing else.",
      "",
      "Certificate, key, description and authority are read again when they change. /healthz,"
          + " /readyz and /metrics are open.",
    },
    footer = {
      "%nExample:",
      "  whorl webhook --tls-cert tls.crt --tls-key tls.key --injection injection.json --ca ca.crt",
    })
@SuppressWarnings("NullAway.Init") // picocli sets the options
public final class WebhookCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "0.0.0.0:8443",
      description = {"Where to listen (${DEFAULT-VALUE}).", "Port 0 takes a free one."})
  private String listen;

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      required = true,
      description = "The certificate, with its chain; an API server speaks TLS only.")
  private Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "PEM", required = true, description = "Its key.")
  private Path tlsKey;

  @Option(
      names = "--injection",
      paramLabel = "FILE",
      required = true,
      description = "What is injected, as JSON; the chart makes it (docs/kubernetes.md).")
  private Path injection;

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description = "The collector's authority, which agents are to trust.")
  private @Nullable Path authority;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How the log is written to standard error (${DEFAULT-VALUE}).")
  private String logFormat;

  public WebhookCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    InetSocketAddress address = ListenAddress.parse(listen, problems);
    if (address == null) {
      throw CliException.usage(String.join("; ", problems), null);
    }
    LogFormat format = LogFormat.of(logFormat);
    if (format == null) {
      throw CliException.usage("--log-format " + logFormat, "give text or json");
    }
    format.use();
    try {
      Webhook webhook =
          Webhook.start(address, new TlsFiles(tlsCert, tlsKey, null), injection, authority);
      commandContext
          .terminal()
          .line("whorl webhook listening on port " + webhook.address().getPort());
      awaitEnd(webhook);
      return ExitStatus.DONE;
    } catch (IOException failed) {
      throw CliException.failed(Problems.ownText(failed), null);
    }
  }

  /** Waits until SIGTERM or Ctrl-C; the process ends after the hook. */
  private static void awaitEnd(Webhook webhook) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runnable stop =
        () -> {
          webhook.close();
          stopped.countDown();
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "whorl-stop"));
    stopped.await();
  }
}
