package whorl.collector.cli.client;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;

/** The options of all commands that connect to a collector: its URL and the credentials. */
public final class ConnectionOptions {
  public static final String HEADING = "%nConnection:%n";
  private static final String DEFAULT_URL = "http://127.0.0.1:7117";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = {
        "The collector. Else WHORL_COLLECTOR_URL,",
        "else " + DEFAULT_URL + ".",
      })
  private @Nullable String url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "Who you are. WHORL_TOKEN is better: arguments show in `ps`.")
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
    String secret = token != null ? token : commandContext.environment().get("WHORL_TOKEN");
    return secret != null && !secret.isEmpty();
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

  /** Makes a client from these options. */
  public CollectorClient connect(CommandContext commandContext) {
    URI base = url(commandContext);
    String secret = token != null ? token : commandContext.environment().get("WHORL_TOKEN");
    if (token == null && secret != null && secret.isEmpty()) {
      secret = null;
    }
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
        new Transport(base, secret, tls(base), commandContext.pace().stall()),
        commandContext.pace());
  }

  /** The collector's address, without a path. */
  public URI url(CommandContext commandContext) {
    String text =
        url != null
            ? url
            : commandContext.environment().getOrDefault("WHORL_COLLECTOR_URL", DEFAULT_URL);
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

  /** The trust and the client certificate of these options; null for the platform's. */
  public @Nullable SSLContext tls(URI base) {
    if (ca == null && clientCert == null && clientKey == null) {
      return null;
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
}
