package whorl.collector.http.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Response;
import whorl.collector.http.request.Route;

/** Finds the route of a method and path. Literal segments take precedence over named ones. */
final class Router {
  /** The result of a lookup. */
  sealed interface Resolution {
    /**
     * A matching route.
     *
     * @param headOnly a HEAD request answered by the GET route, without the body
     */
    record Found(Route route, Map<String, String> parameters, boolean headOnly)
        implements Resolution {}

    /**
     * The path is known, the method is not.
     *
     * @param template the path as in the OpenAPI document and the log
     */
    record OtherMethods(String template, List<String> allowed) implements Resolution {}

    /** The path is unknown. */
    record NotFound() implements Resolution {}
  }

  private record PathEntry(Template shape, Map<String, MethodEntry> byMethod) {}

  private record MethodEntry(Route route, Template template) {}

  private final List<PathEntry> paths;

  /**
   * @throws IllegalStateException when two routes have the same method and path
   */
  Router(List<Route> routes) {
    Map<String, PathEntry> byShape = new TreeMap<>();
    for (Route route : routes) {
      Template template = Template.parse(route.template());
      PathEntry pathEntry =
          byShape.computeIfAbsent(
              template.shape(), key -> new PathEntry(template, new TreeMap<>()));
      if (pathEntry.byMethod.put(route.method(), new MethodEntry(route, template)) != null) {
        throw new IllegalStateException(
            "two routes for " + route.method() + " " + route.template());
      }
    }
    List<PathEntry> sorted = new ArrayList<>(byShape.values());
    sorted.forEach(Router::answerOptions);
    sorted.sort(Comparator.comparing(PathEntry::shape));
    this.paths = List.copyOf(sorted);
  }

  Resolution resolve(String method, RequestPath path) {
    for (PathEntry pathEntry : paths) {
      if (pathEntry.shape.match(path.segments()) != null) {
        return resolve(method, path, pathEntry);
      }
    }
    return new Resolution.NotFound();
  }

  private static Resolution resolve(String method, RequestPath path, PathEntry pathEntry) {
    MethodEntry entry = pathEntry.byMethod.get(method);
    boolean headOnly = entry == null && method.equals("HEAD");
    if (headOnly) {
      entry = pathEntry.byMethod.get("GET");
    }
    Map<String, String> parameters = entry == null ? null : entry.template.match(path.segments());
    if (entry == null || parameters == null) {
      return new Resolution.OtherMethods(pathEntry.shape.text(), allowed(pathEntry));
    }
    return new Resolution.Found(entry.route, parameters, headOnly);
  }

  /** Adds an OPTIONS route that lists the methods, unless the path has its own. */
  private static void answerOptions(PathEntry pathEntry) {
    if (!pathEntry.byMethod.containsKey("OPTIONS")) {
      Response.Body none = new Response.Body.Bytes(new byte[0]);
      Route route =
          Route.open(
              "OPTIONS",
              pathEntry.shape.text(),
              request -> new Response(204, Map.of("Allow", allow(pathEntry)), none));
      pathEntry.byMethod.put("OPTIONS", new MethodEntry(route, pathEntry.shape));
    }
  }

  private static String allow(PathEntry pathEntry) {
    return String.join(", ", allowed(pathEntry));
  }

  private static List<String> allowed(PathEntry pathEntry) {
    List<String> methods = new ArrayList<>(pathEntry.byMethod.keySet());
    if (methods.contains("GET") && !methods.contains("HEAD")) {
      methods.add("HEAD");
    }
    Collections.sort(methods);
    return List.copyOf(methods);
  }

  /** A path with named segments. */
  private record Template(String text, List<Segment> segments) implements Comparable<Template> {
    private enum Kind {
      LITERAL,
      NAMED,
      REST
    }

    private record Segment(Kind kind, String text) {}

    static Template parse(String text) {
      List<Segment> segments = new ArrayList<>();
      if (text.length() > 1) {
        for (String part : text.substring(1).split("/", -1)) {
          if (part.startsWith("{") && part.endsWith("...}")) {
            segments.add(new Segment(Kind.REST, part.substring(1, part.length() - 4)));
          } else if (part.startsWith("{")) {
            segments.add(new Segment(Kind.NAMED, part.substring(1, part.length() - 1)));
          } else {
            segments.add(new Segment(Kind.LITERAL, part));
          }
        }
      }
      return new Template(text, List.copyOf(segments));
    }

    /** Returns a form that is equal for templates that differ only in names. */
    String shape() {
      StringBuilder shape = new StringBuilder();
      for (Segment segment : segments) {
        shape.append('/');
        shape.append(segment.kind == Kind.LITERAL ? segment.text : "{" + segment.kind + "}");
      }
      return shape.toString();
    }

    /** Returns the named parts, or null when the path does not match. */
    @Nullable Map<String, String> match(List<String> path) {
      Map<String, String> named = new TreeMap<>();
      for (int i = 0; i < segments.size(); i++) {
        Segment segment = segments.get(i);
        if (i >= path.size()) {
          return null;
        }
        switch (segment.kind) {
          case LITERAL -> {
            if (!segment.text.equals(path.get(i))) {
              return null;
            }
          }
          case NAMED -> named.put(segment.text, path.get(i));
          case REST -> {
            named.put(segment.text, String.join("/", path.subList(i, path.size())));
            return named;
          }
        }
      }
      return path.size() == segments.size() ? named : null;
    }

    @Override
    public int compareTo(Template other) {
      int shared = Math.min(segments.size(), other.segments.size());
      for (int i = 0; i < shared; i++) {
        int order = segments.get(i).kind.compareTo(other.segments.get(i).kind);
        if (order != 0) {
          return order;
        }
      }
      return text.compareTo(other.text);
    }
  }
}
