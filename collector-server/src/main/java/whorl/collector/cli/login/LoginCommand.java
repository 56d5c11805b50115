package whorl.collector.cli.login;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.client.ProviderRow;
import whorl.collector.cli.client.SessionRow;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredContexts;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.oauth.DeviceFlow;
import whorl.collector.cli.oauth.OpenIdProvider;
import whorl.collector.cli.oauth.ReceivedTokens;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "login",
    header = "Log in to a collector; further commands then need neither --url nor a token.",
    description = {
      "",
      "Asks the collector for its identity provider, prints a page and a code, and waits until you"
          + " have confirmed the code there, in any browser and on any machine. Opens nothing by"
          + " itself. With --token-file, takes a token of the tokens file or an API token instead.",
      "Keeps the login in $XDG_CONFIG_HOME/whorl, else ~/.config/whorl, where only you can read it,"
          + " renews it as long as the provider permits, and sends it to this collector alone.",
    },
    footer = {
      "%nExamples:",
      "  whorl login --url https://whorl.example.com",
      "  whorl login --url https://whorl.example.com --token-file token.txt",
    })
public final class LoginCommand implements Callable<Integer> {
  private static final int TOKEN_MAX_BYTES = 16 << 10;

  private final CommandContext commandContext;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Of the context (default: the collector's host and port).")
  private @Nullable String name;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Log in with the token in this file.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--issuer-ca",
      paramLabel = "PEM",
      description = "Trust this CA, and no other, for the identity provider.")
  private @Nullable Path issuerCa;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  public LoginCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    if (connection.hasToken()) {
      throw CliException.usage(
          "a token in the arguments would show in `ps`", "put it into a file: --token-file FILE");
    }
    ContextsFile file = ContextsFile.of(commandContext.environment());
    StoredContexts known = file.read();
    URI base = base(known);
    String context = contextName(known, base);
    file.change(now -> now); // before the login, so that it is not in vain
    Path token = tokenFile;
    StoredContext made = token == null ? byDeviceCode(known, base) : byToken(base, read(token));
    file.change(now -> now.using(context, made));
    commandContext
        .terminal()
        .note("whorl: logged in to " + base + " as " + made.user() + ", context " + context);
    return ExitStatus.DONE;
  }

  /** The collector: the given one, or that of the context that is named or in use. */
  private URI base(StoredContexts known) {
    StoredContext again = name == null ? known.inUse() : known.contexts().get(name);
    return connection.hasUrl(commandContext) || again == null
        ? connection.url(commandContext)
        : URI.create(again.url());
  }

  private String contextName(StoredContexts known, URI base) {
    String before = known.nameOf(base.toString());
    String chosen = name != null ? name : before != null ? before : base.getAuthority();
    if (chosen.isBlank() || chosen.length() > 100 || !chosen.matches("[\\x21-\\x7e]+")) {
      throw CliException.usage(
          "--name is not 1 to 100 printable characters without blanks", "such as production");
    }
    StoredContext other = known.contexts().get(chosen);
    if (other != null && !other.url().equals(base.toString())) {
      throw CliException.usage(
          "the context " + chosen + " is of another collector, " + other.url(),
          "choose another --name, or remove it: whorl logout " + chosen);
    }
    return chosen;
  }

  private StoredContext byToken(URI base, String token) {
    SessionRow user = connection.connect(commandContext, base, token).session();
    return connection.stored(base, user.name(), token, null);
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > TOKEN_MAX_BYTES) {
        throw CliException.failed(file + " is too long for a token", "it holds one, and no more");
      }
      String token = Files.readString(file).strip();
      if (!token.matches("[\\x21-\\x7e]+")) {
        throw CliException.failed(
            file + " does not hold one token and nothing else",
            "write the token alone, without its role, into the file");
      }
      return token;
    } catch (IOException e) {
      throw CliException.failed("cannot read the token in " + file + ": " + Problems.text(e), null);
    }
  }

  private StoredContext byDeviceCode(StoredContexts known, URI base) {
    ProviderRow named = provider(base);
    requireSameIssuer(known, base, named);
    Path ca = issuerCa;
    OpenIdProvider provider =
        OpenIdProvider.discover(
            named.issuer(), named.clientId(), ca == null ? null : TlsFiles.context(ca, null, null));
    ReceivedTokens tokens =
        new DeviceFlow(
                provider,
                commandContext.nanos(),
                CommandContext::pause,
                commandContext.terminal()::note)
            .login(named.scopes());
    return accepted(
        base, provider, tokens, ca == null ? null : ca.toAbsolutePath().normalize().toString());
  }

  private ProviderRow provider(URI base) {
    ProviderRow named;
    try {
      named = connection.connect(commandContext, base, null).provider();
    } catch (CliException e) {
      if (e.exitStatus() != ExitStatus.NOTHING_MATCHED) {
        throw e;
      }
      throw CliException.failed(
          "the collector at " + base + " has no identity provider",
          "log in with a token: --token-file FILE");
    }
    if (named.issuer().isEmpty() || named.clientId().isEmpty() || !named.device()) {
      throw CliException.failed(
          "the identity provider of " + base + " has no login by device code for its client",
          "make an API token at the page, and log in with it: --token-file FILE");
    }
    return named;
  }

  /** A collector that suddenly names another provider may be another one, after credentials. */
  private static void requireSameIssuer(StoredContexts known, URI base, ProviderRow named) {
    for (Map.Entry<String, StoredContext> each : known.contexts().entrySet()) {
      StoredLogin before = each.getValue().login();
      if (before != null
          && each.getValue().url().equals(base.toString())
          && !before.issuer().equals(named.issuer())) {
        throw CliException.failed(
            "the collector at "
                + base
                + " named the identity provider "
                + before.issuer()
                + " before, and now "
                + named.issuer(),
            "ask its operator; if that is right, forget the old login first: whorl logout "
                + each.getKey());
      }
    }
  }

  /** Tries which of the tokens the collector accepts: the one that is meant for its client. */
  private StoredContext accepted(
      URI base, OpenIdProvider provider, ReceivedTokens tokens, @Nullable String ca) {
    CliException refusal = null;
    for (boolean usesIdToken : new boolean[] {true, false}) {
      if (usesIdToken && tokens.idToken() == null) {
        continue;
      }
      CollectorClient client = connection.connect(commandContext, base, tokens.bearer(usesIdToken));
      try {
        SessionRow user = client.session();
        return connection.stored(
            base,
            user.name(),
            null,
            provider.login(tokens, usesIdToken, commandContext.clock(), ca));
      } catch (CliException e) {
        refusal = refusal == null ? e : refusal;
      }
    }
    throw refusal == null
        ? CliException.failed("the identity provider gave no token", null)
        : refusal;
  }
}
