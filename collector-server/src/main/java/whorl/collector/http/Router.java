package whorl.collector.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the route of a method and path. Literal segments win over named ones. */
final class Router {
  /** What was found. */
  sealed interface Resolution {
    /**
     * A route that answers.
     *
     * @param headOnly a HEAD request answered by the GET route, without the body
     */
    record Found(Route route, Map<String, String> parameters, boolean headOnly)
        implements Resolution {}

    /**
     * The path is known, the method is not.
     *
     * @param template as the OpenAPI document and the log have it
     */
    record OtherMethods(String template, List<String> allowed) implements Resolution {}

    /** Nobody knows the path. */
    record Nothing() implements Resolution {}
  }

  private record Place(Template shape, Map<String, Entry> byMethod) {}

  private record Entry(Route route, Template template) {}

  private final List<Place> places;

  /**
   * @throws IllegalStateException when two routes have the same method and path
   */
  Router(List<Route> routes) {
    Map<String, Place> byShape = new TreeMap<>();
    for (Route route : routes) {
      Template template = Template.parse(route.template());
      Place place =
          byShape.computeIfAbsent(template.shape(), key -> new Place(template, new TreeMap<>()));
      if (place.byMethod.put(route.method(), new Entry(route, template)) != null) {
        throw new IllegalStateException(
            "two routes for " + route.method() + " " + route.template());
      }
    }
    List<Place> sorted = new ArrayList<>(byShape.values());
    sorted.forEach(Router::answerOptions);
    sorted.sort(Comparator.comparing(Place::shape));
    this.places = List.copyOf(sorted);
  }

  Resolution resolve(String method, RequestPath path) {
    for (Place place : places) {
      if (place.shape.match(path.segments()) != null) {
        return resolve(method, path, place);
      }
    }
    return new Resolution.Nothing();
  }

  private static Resolution resolve(String method, RequestPath path, Place place) {
    Entry entry = place.byMethod.get(method);
    boolean headOnly = entry == null && method.equals("HEAD");
    if (headOnly) {
      entry = place.byMethod.get("GET");
    }
    Map<String, String> parameters = entry == null ? null : entry.template.match(path.segments());
    if (entry == null || parameters == null) {
      return new Resolution.OtherMethods(place.shape.text(), allowed(place));
    }
    return new Resolution.Found(entry.route, parameters, headOnly);
  }

  /** What no part answers itself: which methods there are. */
  private static void answerOptions(Place place) {
    if (!place.byMethod.containsKey("OPTIONS")) {
      Response.Body none = new Response.Body.Bytes(new byte[0]);
      Route route =
          Route.open(
              "OPTIONS",
              place.shape.text(),
              request -> new Response(204, Map.of("Allow", allow(place)), none));
      place.byMethod.put("OPTIONS", new Entry(route, place.shape));
    }
  }

  private static String allow(Place place) {
    return String.join(", ", allowed(place));
  }

  private static List<String> allowed(Place place) {
    List<String> methods = new ArrayList<>(place.byMethod.keySet());
    if (methods.contains("GET") && !methods.contains("HEAD")) {
      methods.add("HEAD");
    }
    Collections.sort(methods);
    return List.copyOf(methods);
  }

  /** A path with names in it. */
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

    /** The same for templates that differ in their names alone. */
    String shape() {
      StringBuilder shape = new StringBuilder();
      for (Segment segment : segments) {
        shape.append('/');
        shape.append(segment.kind == Kind.LITERAL ? segment.text : "{" + segment.kind + "}");
      }
      return shape.toString();
    }

    /** The named parts, or null where it does not match. */
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
