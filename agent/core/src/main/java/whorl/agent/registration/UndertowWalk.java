package whorl.agent.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Undertow: its chain of handlers, and what each servlet deployment has. */
final class UndertowWalk {
  private static final Set<String> HANDLERS = Set.of("io.undertow.server.HttpHandler");

  private final Walk walk;
  private final Peek peek;

  UndertowWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void server(Object undertow) {
    handlers(peek.at(undertow, "rootHandler"), undertow);
    for (Object channel : peek.elements(peek.at(undertow, "listenerInfo"))) {
      handlers(peek.at(channel, "openListener", "rootHandler"), undertow);
    }
    for (Object channel : peek.elements(peek.at(undertow, "channels"))) {
      handlers(peek.at(channel, "openListener", "rootHandler"), undertow);
    }
  }

  void deployment(Object started) {
    Object deployment = peek.at(started, "deployment");
    if (deployment == null) {
      return;
    }
    for (Object managed : peek.elements(peek.at(deployment, "filters", "managedFilterMap"))) {
      Object described = peek.at(managed, "filterInfo");
      walk.found(
          "filter",
          peek.at(described, "filterClass"),
          filterTargets(deployment, peek.text(described, "name")),
          deployment);
      walk.found(
          "filter",
          peek.at(managed, "filter"),
          filterTargets(deployment, peek.text(described, "name")),
          deployment);
    }
    for (Object handler : peek.elements(peek.at(deployment, "servlets", "managedServletMap"))) {
      Object described = peek.at(handler, "managedServlet", "servletInfo");
      StringBuilder targets = new StringBuilder();
      for (Object mapping : peek.elements(peek.at(described, "mappings"))) {
        targets.append(targets.isEmpty() ? "" : " ").append(mapping);
      }
      walk.found("servlet", peek.at(described, "servletClass"), targets.toString(), deployment);
      walk.found(
          "servlet",
          peek.at(handler, "managedServlet", "instanceStrategy", "instance"),
          targets.toString(),
          deployment);
    }
    for (Object managed :
        peek.elements(peek.at(deployment, "applicationListeners", "allListeners"))) {
      walk.found("listener", peek.at(managed, "listenerInfo", "listenerClass"), null, deployment);
      walk.found("listener", peek.at(managed, "handle", "instance"), null, deployment);
    }
    handlers(peek.at(deployment, "initialHandler"), deployment);
  }

  private void handlers(@Nullable Object first, Object container) {
    new HandlerGraph(
            walk,
            "undertow-handler",
            HANDLERS,
            "io.undertow.server.",
            "io.undertow.util.PathMatcher",
            "io.undertow.util.CopyOnWriteMap",
            "io.undertow.util.SubstringMap",
            "io.undertow.util.PathTemplate",
            "io.undertow.servlet.handlers.")
        .from(first, container);
  }

  private String filterTargets(Object deployment, @Nullable String name) {
    StringBuilder targets = new StringBuilder();
    for (Object mapping :
        peek.elements(peek.at(deployment, "deploymentInfo", "filterUrlMappings"))) {
      if (name != null && name.equals(peek.text(mapping, "filterName"))) {
        String target = peek.text(mapping, "mapping");
        targets.append(targets.isEmpty() ? "" : " ").append(target);
      }
    }
    return targets.toString();
  }
}
