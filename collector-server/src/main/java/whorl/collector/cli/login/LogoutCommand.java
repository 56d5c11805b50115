package whorl.collector.cli.login;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.oauth.LoginRenewal;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;

@Command(
    name = "logout",
    header = "Forget a login, and end it at the identity provider.",
    description = {"", "A token stays valid; revoke it with `whorl tokens revoke`."},
    footer = {
      "%nExamples:",
      "  whorl logout",
      "  whorl logout production",
    })
public final class LogoutCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "As `whorl contexts` names it (default: the one in use).")
  private @Nullable String name;

  public LogoutCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    ContextsFile file = ContextsFile.of(commandContext.environment());
    String chosen = name != null ? name : file.read().current();
    if (chosen == null || !file.read().contexts().containsKey(chosen)) {
      throw new CliException(
          ExitStatus.NOTHING_MATCHED,
          chosen == null ? "no context is in use" : "there is no context " + chosen,
          "whorl contexts lists them");
    }
    AtomicReference<@Nullable StoredContext> removed = new AtomicReference<>();
    file.change(
        now -> {
          removed.set(now.contexts().get(chosen));
          return now.without(chosen);
        });
    StoredContext context = removed.get();
    StoredLogin login = context == null ? null : context.login();
    String failure =
        login == null
            ? null
            : new LoginRenewal(
                    file, commandContext.clock(), pem -> TlsFiles.context(pem, null, null))
                .end(login);
    if (failure != null && login != null) {
      commandContext
          .terminal()
          .note(
              "whorl: the login is forgotten here, but not ended at "
                  + login.issuer()
                  + ": "
                  + failure);
    } else {
      commandContext.terminal().note("whorl: logged out of " + chosen);
    }
    return ExitStatus.DONE;
  }
}
