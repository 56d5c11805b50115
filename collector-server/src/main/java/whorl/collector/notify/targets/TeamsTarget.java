package whorl.collector.notify.targets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Target;
import whorl.evidence.Json;

/**
 * Posts an Adaptive Card to a workflow of Microsoft Teams.
 *
 * @see <a href="https://adaptivecards.io/explorer/AdaptiveCard.html">Adaptive Cards</a>
 */
final class TeamsTarget implements Target {
  private final HttpSender sender;

  TeamsTarget(HttpSender sender) {
    this.sender = sender;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    return sender.post(
        Map.of("Content-Type", "application/json"), Json.bytes(body(messages.get(0))));
  }

  static Map<String, Object> body(Message message) {
    List<Object> facts = new ArrayList<>();
    for (Map.Entry<String, String> fact : message.facts()) {
      facts.add(Map.of("title", escaped(fact.getKey()), "value", escaped(fact.getValue())));
    }
    List<Object> content = new ArrayList<>();
    content.add(
        Map.of(
            "type",
            "TextBlock",
            "text",
            escaped(message.line()),
            "weight",
            "Bolder",
            "size",
            "Medium",
            "color",
            colour(message),
            "wrap",
            true));
    content.add(Map.of("type", "FactSet", "facts", facts));
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    card.put("type", "AdaptiveCard");
    card.put("version", "1.4");
    card.put("body", content);
    String link = message.link();
    if (link != null) {
      card.put("actions", List.of(Map.of("type", "Action.OpenUrl", "title", "Open", "url", link)));
    }
    return Map.of(
        "type",
        "message",
        "attachments",
        List.of(Map.of("contentType", "application/vnd.microsoft.card.adaptive", "content", card)));
  }

  private static String colour(Message message) {
    if (message.notice().over()) {
      return "Good";
    }
    return switch (message.notice().level()) {
      case CRITICAL, HIGH -> "Attention";
      case MEDIUM -> "Warning";
      case LOW, INFORMATIONAL -> "Default";
    };
  }

  /** No link and no format of a text that somebody else wrote: a card's texts are Markdown. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\`*_{}[]()#+!|<>~".indexOf(c) >= 0) {
        escaped.append('\\');
      }
      escaped.append(c);
    }
    return escaped.toString();
  }
}
