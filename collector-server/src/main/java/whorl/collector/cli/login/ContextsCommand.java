package whorl.collector.cli.login;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.contexts.StoredContext;
import whorl.collector.cli.contexts.StoredContexts;
import whorl.collector.cli.contexts.StoredLogin;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Table;

@Command(
    name = "contexts",
    header = "List the collectors that you have logged in to.",
    description = {
      "",
      "`whorl use NAME` chooses one, `whorl logout NAME` removes it, `whorl login --url URL` adds"
          + " one.",
    },
    footer = {
      "%nExample:",
      "  whorl contexts",
    })
public final class ContextsCommand implements Callable<Integer> {
  private final CommandContext commandContext;

  @Option(names = "--json", description = "Print JSON, without what is secret.")
  private boolean json;

  public ContextsCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    StoredContexts stored = ContextsFile.of(commandContext.environment()).read();
    if (json) {
      commandContext.terminal().json(Map.of("contexts", asJson(stored)));
      return ExitStatus.DONE;
    }
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

  private static List<Map<String, Object>> asJson(StoredContexts stored) {
    List<Map<String, Object>> contexts = new ArrayList<>();
    for (Map.Entry<String, StoredContext> each : new TreeMap<>(stored.contexts()).entrySet()) {
      Map<String, Object> context = new LinkedHashMap<>();
      context.put("name", each.getKey());
      context.put("url", each.getValue().url());
      context.put("user", String.valueOf(each.getValue().user()));
      context.put("used", each.getKey().equals(stored.current()));
      contexts.add(context);
    }
    return contexts;
  }
}
