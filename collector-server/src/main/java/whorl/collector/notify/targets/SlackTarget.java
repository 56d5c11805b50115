package whorl.collector.notify.targets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Posts to an incoming webhook of Slack, or of what understands the same (Mattermost, Rocket.Chat).
 *
 * @see <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">incoming
 *     webhooks</a>
 */
final class SlackTarget implements Target {
  /** Slack's limit for the fields of a section. */
  private static final int MAX_FIELDS = 10;

  /** The same for the text of a field; with a longer one, the whole message is refused. */
  private static final int MAX_FIELD_CHARS = 2_000;

  private final HttpSender sender;

  SlackTarget(HttpSender sender) {
    this.sender = sender;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    return sender.post(
        Map.of("Content-Type", "application/json"), Json.bytes(body(messages.get(0))));
  }

  static Map<String, Object> body(Message message) {
    String line = escaped(message.line());
    String link = message.link();
    List<Object> blocks = new ArrayList<>();
    blocks.add(Map.of("type", "section", "text", markdown(link == null ? line : bar(link, line))));
    List<Object> fields = new ArrayList<>();
    for (Map.Entry<String, String> fact : message.facts()) {
      if (fields.size() < MAX_FIELDS) {
        fields.add(
            markdown(bounded("*" + escaped(fact.getKey()) + "*\n" + escaped(fact.getValue()))));
      }
    }
    blocks.add(Map.of("type", "section", "fields", fields));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("text", line); // for notifications, and where there are no blocks
    body.put("blocks", blocks);
    return body;
  }

  private static String bar(String link, String line) {
    return "<" + escaped(link) + "|" + line.replace('|', '¦') + ">";
  }

  private static Map<String, Object> markdown(String text) {
    // verbatim: what looks like a link or a mention does not become one
    return Map.of("type", "mrkdwn", "text", text, "verbatim", true);
  }

  /** Cuts an escaped text, and no escape in it. */
  private static String bounded(String escaped) {
    if (escaped.length() <= MAX_FIELD_CHARS) {
      return escaped;
    }
    String cut = Text.beginning(escaped, MAX_FIELD_CHARS - 1);
    int escape = cut.lastIndexOf('&');
    return (escape > cut.lastIndexOf(';') ? cut.substring(0, escape) : cut) + "…";
  }

  /** No mention, no link and no format of a text that somebody else wrote. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('*', '∗')
        .replace('`', 'ˋ');
  }
}
