package whorl.collector.cli.client;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredContexts;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.oauth.LoginRenewal;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;

/** The options of all commands that connect to a collector: its URL and the credentials. */
public final class ConnectionOptions {
  public static final String HEADING = "%nConnection:%n";
  private static final String URL_VARIABLE = "WHORL_COLLECTOR_URL";
  private static final String DEFAULT_URL = "http://127.0.0.1:7117";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {
        "The collector. Else WHORL_COLLECTOR_URL, else the",
        "one in use (`whorl contexts`), else",
        DEFAULT_URL + ".",
      })
  private @Nullable String url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = {
        "Who you are. WHORL_TOKEN is better: arguments",
        "show in `ps`. Else the login of `whorl login`.",
      })
  private @Nullable String token;

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description = "Trust certificates signed by this CA and no other.")
  private @Nullable Path ca;

  @Option(
      names = "--client-cert",
      paramLabel = "PEM",
      description = "The certificate to show, with its chain.")
  private @Nullable Path clientCert;

  @Option(
      names = "--client-key",
      paramLabel = "PEM",
      description = "Its private key, PKCS#8 without a password.")
  private @Nullable Path clientKey;

  /** True if there is a token, by these options or the environment. */
  public boolean hasToken(CommandContext commandContext) {
    return token(commandContext) != null;
  }

  /**
   * Makes a client of another server, without the token.
   *
   * @param trust null for the platform's
   */
  public static CollectorClient connectWithoutToken(
      URI base, @Nullable SSLContext trust, CommandContext commandContext) {
    return new CollectorClient(
        new Transport(base, null, trust, commandContext.pace().stall()), commandContext.pace());
  }

  /** Makes a client from these options, or else from what {@code whorl login} has stored. */
  public CollectorClient connect(CommandContext commandContext) {
    String given = token(commandContext);
    boolean urlGiven = hasUrl(commandContext);
    if (given != null && urlGiven) {
      return client(commandContext, url(commandContext), given, null);
    }
    ContextsFile file = ContextsFile.of(commandContext.environment());
    StoredContexts stored = file.read();
    StoredContext used = stored.inUse();
    URI base = used == null || urlGiven ? url(commandContext) : uri(used.url());
    String name = stored.nameOf(base.toString());
    StoredContext context = name == null ? null : stored.contexts().get(name);
    if (given != null || name == null || context == null) {
      return client(commandContext, base, given, context);
    }
    StoredLogin login = context.login();
    String bearer =
        login == null
            ? context.token()
            : new LoginRenewal(
                    file, commandContext.clock(), pem -> TlsFiles.context(pem, null, null))
                .bearer(name, login);
    return client(commandContext, base, bearer, context);
  }

  /** Makes a client for a login: without credentials, or with these. */
  public CollectorClient connect(CommandContext commandContext, URI base, @Nullable String bearer) {
    return client(commandContext, base, bearer, null);
  }

  /** What is to be stored of these options: files by their whole path. */
  public StoredContext stored(
      URI base, String user, @Nullable String secret, @Nullable StoredLogin login) {
    return new StoredContext(
        base.toString(), whole(ca), whole(clientCert), whole(clientKey), user, secret, login);
  }

  /** True if a token is given, which a login would ignore. */
  public boolean hasToken() {
    return token != null;
  }

  private static @Nullable String whole(@Nullable Path file) {
    return file == null ? null : file.toAbsolutePath().normalize().toString();
  }

  private @Nullable String token(CommandContext commandContext) {
    String secret = token != null ? token : commandContext.environment().get("WHORL_TOKEN");
    return token == null && secret != null && secret.isEmpty() ? null : secret;
  }

  private CollectorClient client(
      CommandContext commandContext,
      URI base,
      @Nullable String secret,
      @Nullable StoredContext context) {
    if (secret != null && !secret.matches("[\\x21-\\x7e]+")) {
      throw CliException.usage(
          "the token contains characters that are not allowed", "see --token and WHORL_TOKEN");
    }
    if (secret != null && "http".equals(base.getScheme()) && !loopback(base.getHost())) {
      commandContext
          .terminal()
          .note("whorl: without TLS the token can be read on its way to " + base);
    }
    return new CollectorClient(
        new Transport(base, secret, tls(base, context), commandContext.pace().stall()),
        commandContext.pace());
  }

  /** The collector that is given, or else the usual one. */
  public URI url(CommandContext commandContext) {
    return uri(
        url != null
            ? url
            : hasUrl(commandContext)
                ? commandContext.environment().getOrDefault(URL_VARIABLE, DEFAULT_URL)
                : DEFAULT_URL);
  }

  /** True if a collector is given. */
  public boolean hasUrl(CommandContext commandContext) {
    return url != null
        || !commandContext.environment().getOrDefault(URL_VARIABLE, "").isEmpty(); // empty: unset
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean hasOnlyHost =
          uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null
              && (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"));
      if (http && hasOnlyHost && uri.getHost() != null) {
        return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
      }
    } catch (URISyntaxException e) {
      // reported below, without the text, which may contain a password
    }
    throw CliException.usage(
        "the collector's URL is not of the form http[s]://HOST[:PORT]",
        "see --url and WHORL_COLLECTOR_URL");
  }

  private static boolean loopback(String host) {
    if (!host.equals("localhost") && !host.startsWith("127.") && !host.equals("[::1]")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The files that are given; null for the platform's trust. */
  public @Nullable SSLContext tls(URI base) {
    return tls(base, null);
  }

  /** The files that are given, or else those of the login. */
  private @Nullable SSLContext tls(URI base, @Nullable StoredContext context) {
    if (ca == null && clientCert == null && clientKey == null) {
      return context == null || (context.ca() == null && context.clientCert() == null)
          ? null
          : TlsFiles.context(
              path(context.ca()), path(context.clientCert()), path(context.clientKey()));
    }
    if (!"https".equals(base.getScheme())) {
      throw CliException.usage(
          "--ca, --client-cert and --client-key are for TLS, but the URL is " + base,
          "write https:// in --url");
    }
    if ((clientCert == null) != (clientKey == null)) {
      throw CliException.usage("--client-cert and --client-key go together", null);
    }
    return TlsFiles.context(ca, clientCert, clientKey);
  }

  private static @Nullable Path path(@Nullable String file) {
    return file == null ? null : Path.of(file);
  }
}
