package whorl.agent.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks Jetty 9.4 and newer: its handlers, and the mappings within each servlet handler. */
final class JettyWalk {
  private static final Set<String> HANDLERS = Set.of("org.eclipse.jetty.server.Handler");
  private static final String KIND = "jetty-handler";

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  JettyWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
  }

  void server(Object server) {
    new HandlerGraph(
            registrationList,
            KIND,
            HANDLERS,
            "org.eclipse.jetty.server.Handler",
            "org.eclipse.jetty.util.component.",
            "org.eclipse.jetty.server.handler.",
            "org.eclipse.jetty.servlet.",
            "org.eclipse.jetty.ee")
        .recordAll(server, this::servlets);
  }

  private void servlets(Object handler) {
    for (Object holder : fieldReader.elements(fieldReader.at(handler, "_filters"))) {
      String name = fieldReader.text(holder, "_name");
      registrationList.found(
          "filter",
          instance(holder, "_filter"),
          targets(fieldReader.at(handler, "_filterMappings"), "_filterName", name),
          handler);
    }
    for (Object holder : fieldReader.elements(fieldReader.at(handler, "_servlets"))) {
      String name = fieldReader.text(holder, "_name");
      registrationList.found(
          "servlet",
          instance(holder, "_servlet"),
          targets(fieldReader.at(handler, "_servletMappings"), "_servletName", name),
          handler);
    }
    for (Object holder : fieldReader.elements(fieldReader.at(handler, "_listeners"))) {
      registrationList.found("listener", instance(holder, "_listener"), null, handler);
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
      for (Object listener : fieldReader.elements(fieldReader.at(handler, field))) {
        registrationList.found("listener", listener, null, handler);
      }
    }
  }

  /** An instance may be one of Jetty's wrappers; the holder's class is preferred. */
  private @Nullable Object instance(Object holder, String field) {
    Object instance = fieldReader.at(holder, field);
    Object type = fieldReader.at(holder, "_class");
    return type != null ? type : instance;
  }

  private String targets(@Nullable Object mappings, String nameField, @Nullable String name) {
    StringBuilder targets = new StringBuilder();
    for (Object mapping : fieldReader.elements(mappings)) {
      if (name != null && name.equals(fieldReader.text(mapping, nameField))) {
        for (Object spec : fieldReader.elements(fieldReader.at(mapping, "_pathSpecs"))) {
          if (spec instanceof String text) {
            targets.append(targets.isEmpty() ? "" : " ").append(text);
          }
        }
      }
    }
    return targets.toString();
  }
}
