package whorl.collector.cli.completion;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.ConnectionOptions;
import whorl.collector.cli.contexts.ContextsFile;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.Printable;
import whorl.evidence.Text;

/**
 * What a collector knows of a kind, newest first. Applications and intruders in them choose names
 * of services, and shells may read what a script offers as code: values with other characters than
 * those of names are left out.
 */
final class KnownValues {
  private static final int ROWS = 100;
  private static final int DESCRIPTION_CHARS = 80;
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/+-]{0,199}");

  private final CommandContext commandContext;
  private final ConnectionOptions connection;
  private final List<String> lines = new ArrayList<>();

  KnownValues(CommandContext commandContext, ConnectionOptions connection) {
    this.commandContext = commandContext;
    this.connection = connection;
  }

  /** Asks; a failure leaves nothing, because nobody reads it at the Tab key. */
  void ask(String kind) {
    try {
      if (kind.equals("context")) {
        ContextsFile.of(commandContext.environment())
            .read()
            .contexts()
            .forEach((name, context) -> add(name, context.url()));
      } else {
        ask(kind, connection.connect(commandContext));
      }
    } catch (CliException quiet) {
      // without a login, a collector or an answer there is nothing to offer
    }
  }

  private void ask(String kind, CollectorClient collector) {
    switch (kind) {
      case "service", "namespace" -> {
        for (JsonNode each : collector.json("agents/services", Map.of()).path("services")) {
          add(each.path(kind).asText(""), "");
        }
      }
      case "evidence" -> ids(collector, "evidence", "evidence");
      case "capture" -> ids(collector, "captures", "captures");
      case "alert" -> ids(collector, "alerts", "alerts");
      case "alert-group" -> ids(collector, "alert-groups", "groups");
      case "agent" -> ids(collector, "agents", "agents");
      case "case" -> ids(collector, "cases", "cases");
      case "hunt" -> ids(collector, "hunts", "hunts");
      case "probe" -> ids(collector, "probes", "probes");
      case "view" -> ids(collector, "views", "views");
      case "mute" -> ids(collector, "alert-mutes", "mutes");
      case "token" -> ids(collector, "tokens", "tokens");
      case "message" -> ids(collector, "notifications/dead", "messages");
      case "schedule" -> names(collector, "schedules", "schedules");
      case "rule-set" -> names(collector, "rules", "rules");
      case "notification" -> names(collector, "notifications", "notifications");
      default -> {
        // of a later version's script: nothing is known
      }
    }
  }

  private void ids(CollectorClient collector, String path, String list) {
    if (!list.equals("mutes")
        && !list.equals("tokens")
        && !list.equals("messages")
        && !list.equals("views")) {
      add("latest", "the newest");
    }
    for (JsonNode each : collector.json(path, Map.of("limit", "" + ROWS)).path(list)) {
      List<String> words = new ArrayList<>();
      for (String pointer :
          List.of(
              "/service", "/pod", "/gravest/title", "/title", "/name", "/alert/title", "/reason")) {
        String text = each.at(pointer).asText("");
        if (!text.isEmpty() && !each.at(pointer).isNull() && words.size() < 2) {
          words.add(text);
        }
      }
      add(each.path("id").asText(""), String.join(" ", words));
    }
  }

  private void names(CollectorClient collector, String path, String list) {
    for (JsonNode each : collector.json(path, Map.of()).path(list)) {
      add(each.path("name").asText(""), "");
    }
  }

  private synchronized void add(String value, String description) {
    if (SAFE.matcher(value).matches() && lines.size() <= ROWS) {
      String text = Printable.of(description);
      String shown = Text.beginning(text, DESCRIPTION_CHARS);
      String line = shown.isBlank() ? value : value + "\t" + shown;
      if (!lines.contains(line)) {
        lines.add(line);
      }
    }
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
