package whorl.collector.cli.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.config.AgentAccess;
import whorl.collector.config.ConfigException;
import whorl.collector.config.CustodyOptions;
import whorl.collector.config.ObjectsOptions;
import whorl.collector.config.PeopleLogin;
import whorl.collector.config.RecordsOptions;
import whorl.collector.config.ServeConfig;
import whorl.collector.config.ServeOptions;
import whorl.collector.log.LogFormat;

/** Runs the server until the process ends. */
@Command(
    name = "serve",
    header = "Run the collector.",
    description = {
      "",
      "Receives evidence, keeps it, and answers the other commands. Agents dial in at the same"
          + " address.",
      "",
      "Each option can come from the environment instead: WHORL_LISTEN, WHORL_DATA, WHORL_TLS_CERT"
          + " and so on.",
    },
    defaultValueProvider = ServeEnvironment.class)
@SuppressWarnings("NullAway.Init") // picocli sets the options
public final class ServeCommand implements Callable<Integer> {
  /** Starts a server; implemented by the wiring. */
  @FunctionalInterface
  public interface Starter {
    /**
     * @param operatorMessages receives lines that the operator must see
     * @throws IOException with a message that names the remedy
     */
    Running start(ServeConfig config, Consumer<String> operatorMessages) throws IOException;
  }

  /** A running server. */
  public interface Running {
    /** Such as {@code http://127.0.0.1:7117}. */
    String url();

    /**
     * Says at once that it is not ready, and serves for this time on, so that balancers send
     * requests elsewhere before it stops.
     */
    default void drain(Duration time) {}

    /** Stops cleanly; returns once everything is written and released. */
    void stop();
  }

  private static final int DRAIN_MAX_SECONDS = 600;

  private final Starter starter;

  @Spec private CommandSpec spec;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7117",
      description = {"Where to listen (${DEFAULT-VALUE}).", "Port 0 takes a free one."})
  private String listen;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./whorl-data",
      description = "The folder that keeps everything (${DEFAULT-VALUE}).")
  private Path data;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = {
        "Lines of a role and a token; roles are agent, alert, viewer, responder, admin.",
        "Without it, tokens are made at the first start in DIR/tokens."
      })
  private @Nullable Path tokens;

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      description = "The server's certificate, with its chain.")
  private @Nullable Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "PEM", description = "Its key, PKCS#8.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--client-ca",
      paramLabel = "PEM",
      description = "Refuse clients that show no certificate of this authority.")
  private @Nullable Path clientCa;

  @Option(names = "--insecure", description = "Serve other than loopback addresses without TLS.")
  private boolean insecure;

  @Option(
      names = "--max-uploads",
      paramLabel = "N",
      defaultValue = "32",
      description = "Evidence in upload at once; more waits at the agents (${DEFAULT-VALUE}).")
  private int maxUploads;

  @Option(
      names = "--max-artifact",
      paramLabel = "SIZE",
      defaultValue = "64GiB",
      description = {
        "Refuse artifacts that are longer, heap snapshots too (${DEFAULT-VALUE}).",
        "A number followed by MiB, GiB or TiB."
      })
  private String maxArtifact;

  @Option(
      names = "--storm",
      paramLabel = "N/TIME",
      defaultValue = "3/10m",
      description = {
        "How many alerts of one rule in one service become full captures (${DEFAULT-VALUE}).",
        "Others are kept with their journal, and can still be captured."
      })
  private String storm;

  @Option(
      names = "--silence",
      paramLabel = "TIME",
      defaultValue = "90s",
      description = {
        "Alert when an agent has gone without a goodbye and is not back in time"
            + " (${DEFAULT-VALUE}).",
        "0s is never."
      })
  private String silence;

  @Option(
      names = "--retain",
      paramLabel = "CLASS=AGE,…",
      description = {
        "Purge evidence that is older, such as alert=90d,request=30d,heap=14d,failed=30d.",
        "Classes are alert, request, heap (with a heap snapshot), failed (not sealed), all;"
            + " ages end in h or d. Evidence on hold stays. Without it nothing is purged by age."
      })
  private @Nullable String retain;

  @Option(
      names = "--retain-size",
      paramLabel = "CLASS=SIZE,…",
      description = {
        "Purge the oldest evidence of a class that has more, such as heap=500GiB,all=1TiB.",
        "Nothing goes for its size in its first day, and what is on hold does not count."
      })
  private @Nullable String retainSize;

  @Option(
      names = "--custody-key",
      paramLabel = "FILE",
      description = {
        "The key that signs checkpoints of the custody log.",
        "Without it, one is made at the first start in DIR/custody/log.key."
      })
  private @Nullable Path custodyKey;

  @Option(
      names = "--checkpoint-webhook",
      paramLabel = "URL",
      description = {
        "Post checkpoints of the custody log to it, at most one a minute.",
        "One that is kept elsewhere shows a log that was cut off or changed."
      })
  private @Nullable String checkpointWebhook;

  @Option(
      names = "--tsa",
      paramLabel = "URL",
      description = {
        "Have checkpoints of the custody log stamped by this authority (RFC 3161), at most one a"
            + " minute."
      })
  private @Nullable String tsa;

  @Option(
      names = "--records",
      paramLabel = "DIR|URL",
      description = {
        "Where what changes is kept: a folder, or jdbc:postgresql://HOST:PORT/DATABASE, which"
            + " several collectors share. Without it, in the data folder.",
        "The user is in WHORL_RECORDS_USER, the password in WHORL_RECORDS_PASSWORD, or in the file"
            + " that WHORL_RECORDS_PASSWORD_FILE names."
      })
  private @Nullable String records;

  @Option(
      names = "--objects",
      paramLabel = "DIR|URL",
      description = {
        "Where evidence is kept: a folder, or s3://BUCKET/PREFIX, which several collectors share."
            + " Without it, in the data folder of this one.",
        "Parameters of the URL are endpoint, region, path-style, sse, kms-key and retain-lock;"
            + " credentials come from the standard environment of AWS."
      })
  private @Nullable String objects;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where copies of objects are kept; without it, in the data folder.")
  private @Nullable Path cache;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      defaultValue = ObjectsOptions.CACHE_SIZE,
      description = "The most that copies of objects take (${DEFAULT-VALUE}).")
  private String cacheSize;

  @Option(
      names = "--lake",
      description = {
        "Append all timelines to one Apache Iceberg table, for Spark and Trino (docs/lake.md).",
      })
  private boolean lake;

  @Option(
      names = "--agent-issuer",
      paramLabel = "URL[,jwks=FILE|URL][,ca=PEM][,token-file=FILE]",
      split = " ",
      description = {
        "Accept agents by projected service account tokens of this issuer, audience whorl; several"
            + " times for several clusters.",
        "Its keys are discovered, or read from jwks; ca and token-file are for that."
      })
  private @Nullable List<String> agentIssuers;

  @Option(
      names = "--agent-certificates",
      paramLabel = "spiffe|subject",
      description = {
        "Accept agents without a token by the SPIFFE id or the subject of their client certificate;"
            + " needs --client-ca."
      })
  private @Nullable String agentCertificates;

  @Option(
      names = "--no-shared-agent-token",
      description = {
        "Refuse agents that only have a token of role agent that is bound to no service: a thief"
            + " who has it can speak for any of them."
      })
  private boolean noSharedAgentToken;

  @Option(
      names = "--max-per-day",
      paramLabel = "SIZE",
      description = {
        "How much agents of one proved identity may send in a day; one pod may send a quarter of"
            + " it.",
        "Without it, half of the disk, or 1TiB with --objects."
      })
  private @Nullable String maxPerDay;

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description = {
        "Let people log in with this OpenID Connect provider; needs --oidc-client and --access"
            + " (docs/people.md).",
      })
  private @Nullable String oidcIssuer;

  @Option(
      names = "--oidc-client",
      paramLabel = "ID",
      description = "The id of the client that the provider has for this collector.")
  private @Nullable String oidcClient;

  @Option(
      names = "--oidc-secret-file",
      paramLabel = "FILE",
      description = "Its secret; without it, the client is a public one.")
  private @Nullable Path oidcSecretFile;

  @Option(
      names = "--oidc-cli-client",
      paramLabel = "ID",
      description = "The public client for the command line; without it, the same.")
  private @Nullable String oidcCliClient;

  @Option(
      names = "--oidc-scopes",
      paramLabel = "SCOPES",
      defaultValue = PeopleLogin.Given.SCOPES,
      description = "What is asked for at a login (${DEFAULT-VALUE}).")
  private String oidcScopes;

  @Option(
      names = "--oidc-groups-claim",
      paramLabel = "NAME",
      defaultValue = PeopleLogin.Given.GROUPS_CLAIM,
      description = "The claim with a person's groups (${DEFAULT-VALUE}).")
  private String oidcGroupsClaim;

  @Option(
      names = "--oidc-audience",
      paramLabel = "NAME",
      description = "The audience of tokens for the API; without it, the client's id.")
  private @Nullable String oidcAudience;

  @Option(
      names = "--oidc-ca",
      paramLabel = "PEM",
      description = "The authority of the provider's certificate.")
  private @Nullable Path oidcCa;

  @Option(
      names = "--oidc-page",
      paramLabel = "URL",
      description = {
        "The address at which people open the page, where a proxy in front has another one.",
      })
  private @Nullable String oidcPage;

  @Option(
      names = "--access",
      paramLabel = "FILE",
      description = {
        "What groups of people may do, as YAML: for each group, roles, and of what.",
        "Changes apply within seconds."
      })
  private @Nullable Path access;

  @Option(
      names = "--notify",
      paramLabel = "FILE",
      description = {
        "Whom to notify of what, as YAML (docs/notifications.md).",
        "Changes apply within seconds."
      })
  private @Nullable Path notifyFile;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = {
        "How the log is written to standard error (${DEFAULT-VALUE}).",
        "json is one object per line: time, level, logger, thread, message, exception."
      })
  private String logFormat;

  @Option(
      names = "--drain-seconds",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "How long to serve on after SIGTERM, not ready any more (${DEFAULT-VALUE}).",
        "Behind a balancer, as long as it takes to notice."
      })
  private int drainSeconds;

  public ServeCommand(Starter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ServeConfig config;
    try {
      config = options().read();
    } catch (ConfigException wrong) {
      wrong.problems().forEach(problem -> err.println("whorl: " + problem));
      return ExitStatus.WRONG_USAGE;
    }
    LogFormat format = LogFormat.of(logFormat);
    if (format == null || drainSeconds < 0 || drainSeconds > DRAIN_MAX_SECONDS) {
      err.println(
          format == null
              ? "whorl: --log-format " + logFormat + ": give text or json"
              : "whorl: --drain-seconds " + drainSeconds + ": give 0 to " + DRAIN_MAX_SECONDS);
      return ExitStatus.WRONG_USAGE;
    }
    format.use();
    boolean logged = format == LogFormat.JSON;
    try {
      // in a log the new token would be kept: the tokens file has it
      Running running = starter.start(config, logged ? message -> {} : out::println);
      String listening = "whorl collector listening on " + running.url();
      if (logged) {
        LoggerFactory.getLogger(ServeCommand.class).info(listening);
      } else {
        out.println(listening);
        out.flush();
      }
      awaitEnd(running);
      return ExitStatus.DONE;
    } catch (IOException failed) {
      if (logged) {
        LoggerFactory.getLogger(ServeCommand.class).error(Problems.ownText(failed));
      } else {
        err.println("whorl: " + Problems.ownText(failed));
      }
      return ExitStatus.FAILED;
    }
  }

  private ServeOptions options() {
    return new ServeOptions(
        listen,
        data,
        tokens,
        tlsCert,
        tlsKey,
        clientCa,
        insecure,
        maxUploads,
        maxArtifact,
        storm,
        silence,
        retain,
        retainSize,
        new CustodyOptions.Given(custodyKey, checkpointWebhook, tsa),
        RecordsOptions.of(records, System.getenv()),
        new ObjectsOptions(objects, cache, cacheSize),
        lake,
        new AgentAccess.Given(agentIssuers, agentCertificates, noSharedAgentToken, maxPerDay),
        new PeopleLogin.Given(
            oidcIssuer,
            oidcClient,
            oidcSecretFile,
            oidcCliClient,
            oidcScopes,
            oidcGroupsClaim,
            oidcAudience,
            oidcCa,
            oidcPage,
            access),
        notifyFile);
  }

  /** Waits until SIGTERM or Ctrl-C; the process ends after the hook, or at the second signal. */
  private void awaitEnd(Running running) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runnable stop =
        () -> {
          running.drain(Duration.ofSeconds(drainSeconds));
          running.stop();
          stopped.countDown();
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "whorl-stop"));
    EndSignals.handle();
    stopped.await();
  }
}
