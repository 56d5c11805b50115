package whorl.collector.cli.login;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredContexts;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;

@Command(name = "contexts", header = "List the collectors that you have logged in to.")
public final class ContextsCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  public ContextsCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    StoredContexts stored = ContextsFile.of(commandContext.environment()).read();
    if (stored.contexts().isEmpty()) {
      commandContext.terminal().note("whorl: no logins; whorl login --url URL makes one");
      return ExitStatus.DONE;
    }
    Table table =
        new Table(
            Table.exact(""),
            Table.exact("NAME"),
            Table.exact("COLLECTOR"),
            Table.flexible("USER"),
            Table.flexible("BY"),
            Table.exact("UNTIL"));
    for (Map.Entry<String, StoredContext> each : new TreeMap<>(stored.contexts()).entrySet()) {
      StoredContext context = each.getValue();
      StoredLogin login = context.login();
      table.row(
          each.getKey().equals(stored.current()) ? "*" : " ",
          each.getKey(),
          context.url(),
          context.user(),
          login == null ? "token" : login.issuer(),
          login == null
              ? null
              : login.refreshToken() == null ? Table.time(login.expires()) : "renewed");
    }
    table.print(commandContext.terminal());
    return ExitStatus.DONE;
  }
}
