package whorl.collector.mcp.tools;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A resource of the API.
 *
 * @param template of its route, such as {@code /api/v1/evidence/{id}}; the route is looked up by
 *     it, so no argument can lead to another route
 * @param names the named parts of the template
 * @param query the query's parameters
 */
public record Resource(String template, Map<String, String> names, Map<String, String> query) {
  public Resource {
    names = Map.copyOf(names);
    query = Map.copyOf(query);
  }

  static Resource of(String template) {
    return new Resource(template, Map.of(), Map.of());
  }

  /** Returns a copy in which this part of the template has this value. */
  Resource named(String name, String value) {
    return new Resource(template, with(names, name, value), query);
  }

  /** Returns a copy with this parameter; the same if the value is null. */
  Resource with(String parameter, @Nullable String value) {
    return value == null ? this : new Resource(template, names, with(query, parameter, value));
  }

  /** The path as a handler sees it, decoded. */
  public String path() {
    return path(UnaryOperator.identity());
  }

  /** The path and the query as they are sent, encoded. */
  public String target() {
    StringBuilder target = new StringBuilder(path(Resource::encoded));
    char before = '?';
    for (Map.Entry<String, String> each : query.entrySet()) {
      target.append(before).append(encoded(each.getKey())).append('=');
      target.append(encoded(each.getValue()));
      before = '&';
    }
    return target.toString();
  }

  private String path(UnaryOperator<String> encoding) {
    List<String> segments = new ArrayList<>();
    for (String segment : template.split("/", -1)) {
      if (segment.startsWith("{") && segment.endsWith("...}")) {
        // the rest of the path, whose slashes separate segments
        for (String part : value(segment.substring(1, segment.length() - 4)).split("/", -1)) {
          segments.add(encoding.apply(part));
        }
      } else if (segment.startsWith("{")) {
        segments.add(encoding.apply(value(segment.substring(1, segment.length() - 1))));
      } else {
        segments.add(segment);
      }
    }
    return String.join("/", segments);
  }

  private String value(String name) {
    String value = names.get(name);
    if (value == null) {
      throw new IllegalStateException("no {" + name + "} for " + template);
    }
    return value;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(map);
    more.put(key, value);
    return more;
  }
}
