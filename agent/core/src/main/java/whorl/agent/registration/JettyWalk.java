package whorl.agent.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jetty from 9.4 on: its handlers, and within each servlet handler what is mapped. */
final class JettyWalk {
  private static final Set<String> HANDLERS = Set.of("org.eclipse.jetty.server.Handler");
  private static final String KIND = "jetty-handler";

  private final Walk walk;
  private final Peek peek;

  JettyWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void server(Object server) {
    new HandlerGraph(
            walk,
            KIND,
            HANDLERS,
            "org.eclipse.jetty.server.Handler",
            "org.eclipse.jetty.util.component.",
            "org.eclipse.jetty.server.handler.",
            "org.eclipse.jetty.servlet.",
            "org.eclipse.jetty.ee")
        .handlers(server, this::servlets);
  }

  private void servlets(Object handler) {
    for (Object holder : peek.elements(peek.at(handler, "_filters"))) {
      String name = peek.text(holder, "_name");
      walk.found(
          "filter",
          instance(holder, "_filter"),
          targets(peek.at(handler, "_filterMappings"), "_filterName", name),
          handler);
    }
    for (Object holder : peek.elements(peek.at(handler, "_servlets"))) {
      String name = peek.text(holder, "_name");
      walk.found(
          "servlet",
          instance(holder, "_servlet"),
          targets(peek.at(handler, "_servletMappings"), "_servletName", name),
          handler);
    }
    for (Object holder : peek.elements(peek.at(handler, "_listeners"))) {
      walk.found("listener", instance(holder, "_listener"), null, handler);
    }
    for (String field :
        new String[] {
          "_servletRequestListeners",
          "_servletRequestAttributeListeners",
          "_servletContextListeners",
          "_servletContextAttributeListeners",
          "_programmaticListeners",
          "_eventListeners"
        }) {
      for (Object listener : peek.elements(peek.at(handler, field))) {
        walk.found("listener", listener, null, handler);
      }
    }
  }

  /** Wrappers that Jetty puts around are of Jetty's; then the class that the holder was given. */
  private @Nullable Object instance(Object holder, String field) {
    Object instance = peek.at(holder, field);
    Object type = peek.at(holder, "_class");
    return type != null ? type : instance;
  }

  private String targets(@Nullable Object mappings, String nameField, @Nullable String name) {
    StringBuilder targets = new StringBuilder();
    for (Object mapping : peek.elements(mappings)) {
      if (name != null && name.equals(peek.text(mapping, nameField))) {
        for (Object spec : peek.elements(peek.at(mapping, "_pathSpecs"))) {
          if (spec instanceof String text) {
            targets.append(targets.isEmpty() ? "" : " ").append(text);
          }
        }
      }
    }
    return targets.toString();
  }
}
