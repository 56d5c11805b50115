package whorl.collector.notify.file;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import whorl.collector.notify.file.Notification.GroupBy;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.targets.Settings;
import whorl.collector.yaml.StrictYaml;
import whorl.evidence.Level;

/**
 * Reads a file of notifications. What is not understood is refused, with its line: a typo must not
 * keep a message from anybody.
 */
final class NotifyReader {
  private static final int MAX = 50;
  private static final int LIST_MAX = 1_000;
  private static final int MAX_TEXT_CHARS = 2_048;
  private static final String FORM =
      "notifications: [{name: on-call, type: slack, url-file: /run/secrets/slack}]";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final Duration WAIT_MAX = Duration.ofMinutes(10);
  private static final Duration EVERY = Duration.ofMinutes(10);
  private static final Duration EVERY_MAX = Duration.ofDays(1);
  private static final Duration RETRY = Duration.ofHours(24);
  private static final Duration RETRY_MAX = Duration.ofDays(7);

  private final StrictYaml yaml = new StrictYaml(MAX_TEXT_CHARS);

  private NotifyReader() {}

  /**
   * Reads the text of a file.
   *
   * @throws IOException with all problems and their lines
   */
  static Notifications read(String text) throws IOException {
    return new NotifyReader().notifications(text);
  }

  private Notifications notifications(String text) throws IOException {
    Node document = StrictYaml.document(text);
    Fields top = new Fields(yaml, document, "the file", yaml.fields(document, FORM));
    URI page = page(top);
    List<Notification> all = new ArrayList<>();
    Node list = top.node("notifications");
    if (list == null) {
      top.problem("has no notifications; give some: " + FORM);
    } else {
      List<Node> elements = yaml.elements(list, FORM, LIST_MAX);
      if (elements.size() > MAX) {
        yaml.problem(list, "there are more than " + MAX + " notifications");
      }
      Set<String> names = new HashSet<>();
      for (Node each : elements.subList(0, Math.min(MAX, elements.size()))) {
        Notification notification = notification(each, names);
        if (notification != null) {
          all.add(notification);
        }
      }
    }
    top.end();
    yaml.throwProblems();
    return new Notifications(page, all);
  }

  private static @Nullable URI page(Fields top) {
    String text = top.text("public-url", "https://whorl.example.org/");
    if (text == null) {
      return null;
    }
    try {
      URI page = new URI(text);
      boolean http = "https".equals(page.getScheme()) || "http".equals(page.getScheme());
      if (http
          && page.getHost() != null
          && page.getRawUserInfo() == null
          && page.getRawQuery() == null
          && page.getRawFragment() == null) {
        return page;
      }
    } catch (URISyntaxException e) {
      // the same problem as a URL of another kind
    }
    top.problem("has a public-url that is none; give the page's address, without query");
    return null;
  }

  private @Nullable Notification notification(Node node, Set<String> names) {
    int before = yaml.problems();
    Map<String, Node> map = yaml.fields(node, FORM);
    Fields named = new Fields(yaml, node, "a notification", map);
    String name = named.required("name", "on-call");
    Fields fields = new Fields(yaml, node, "notification " + name, map);
    String unused = fields.text("name", "on-call");
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      fields.problem("has a name that is none; give up to 40 of a-z, 0-9 and '-'");
    } else if (name.equals("dead")) {
      fields.problem("has a name that is reserved; give another one");
    } else if (!name.isEmpty() && !names.add(name)) {
      fields.problem("is there twice; give each its own name");
    }
    String type = fields.required("type", "webhook");
    Settings target = new TargetReader(fields).read(type);
    if (target == null) {
      if (!type.isEmpty()) {
        fields.problem("has a type that is none of " + TargetReader.TYPES);
      }
      return null;
    }
    Filter filter = filter(fields.node("filter"), name, type.equals("otlp"));
    boolean stream = type.equals("otlp"); // logs are not grouped unless somebody wants it
    Notification read =
        new Notification(
            name,
            target,
            filter,
            fields.time("wait", stream ? Duration.ZERO : WAIT, "10s", WAIT_MAX),
            fields.time("every", stream ? Duration.ZERO : EVERY, "10m", EVERY_MAX),
            fields.word("group-by", GroupBy.class, GroupBy.ATTACK),
            fields.time("retry-for", RETRY, "24h", RETRY_MAX),
            List.copyOf(fields.names("include", "[request.path]")));
    fields.end();
    if (yaml.problems() == before) {
      try {
        target.check();
      } catch (IOException e) {
        fields.problem("cannot be used: " + e.getMessage());
      }
    }
    return read;
  }

  private Filter filter(@Nullable Node node, String name, boolean journal) {
    if (node == null) {
      return new Filter(Filter.KINDS, Level.INFORMATIONAL, Set.of(), Set.of(), Map.of(), Set.of());
    }
    String form = "filter: {kinds: [alert], level: high}";
    Fields fields =
        new Fields(yaml, node, "the filter of notification " + name, yaml.fields(node, form));
    Filter filter =
        new Filter(
            kinds(fields, journal),
            fields.word("level", Level.class, Level.INFORMATIONAL),
            fields.names("services", "[shop]"),
            fields.names("namespaces", "[production]"),
            fields.texts("labels", "{team: checkout}"),
            fields.names("rules", "[the id of a rule]"));
    fields.end();
    return filter;
  }

  private static Set<Kind> kinds(Fields fields, boolean journal) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (String word : fields.names("kinds", "[alert, agent-lost, report]")) {
      Kind kind = Kind.find(word);
      if (kind == null || kind == Kind.TEST) {
        fields.problem("names a kind that is none of " + Kind.words());
      } else if (kind == Kind.JOURNAL && !journal) {
        fields.problem("names the kind journal, which only type otlp has: there are too many");
      } else {
        kinds.add(kind);
      }
    }
    return kinds.isEmpty() ? Filter.KINDS : kinds;
  }
}
