package whorl.agent.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks Undertow: its chain of handlers, and each servlet deployment. */
final class UndertowWalk {
  private static final Set<String> HANDLERS = Set.of("io.undertow.server.HttpHandler");

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  UndertowWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
  }

  void server(Object undertow) {
    handlers(fieldReader.at(undertow, "rootHandler"), undertow);
    for (Object channel : fieldReader.elements(fieldReader.at(undertow, "listenerInfo"))) {
      handlers(fieldReader.at(channel, "openListener", "rootHandler"), undertow);
    }
    for (Object channel : fieldReader.elements(fieldReader.at(undertow, "channels"))) {
      handlers(fieldReader.at(channel, "openListener", "rootHandler"), undertow);
    }
  }

  void deployment(Object started) {
    Object deployment = fieldReader.at(started, "deployment");
    if (deployment == null) {
      return;
    }
    for (Object managed :
        fieldReader.elements(fieldReader.at(deployment, "filters", "managedFilterMap"))) {
      Object info = fieldReader.at(managed, "filterInfo");
      registrationList.found(
          "filter",
          fieldReader.at(info, "filterClass"),
          filterTargets(deployment, fieldReader.text(info, "name")),
          deployment);
      registrationList.found(
          "filter",
          fieldReader.at(managed, "filter"),
          filterTargets(deployment, fieldReader.text(info, "name")),
          deployment);
    }
    for (Object handler :
        fieldReader.elements(fieldReader.at(deployment, "servlets", "managedServletMap"))) {
      Object info = fieldReader.at(handler, "managedServlet", "servletInfo");
      StringBuilder targets = new StringBuilder();
      for (Object mapping : fieldReader.elements(fieldReader.at(info, "mappings"))) {
        if (mapping instanceof String) {
          targets.append(targets.isEmpty() ? "" : " ").append(mapping);
        }
      }
      registrationList.found(
          "servlet", fieldReader.at(info, "servletClass"), targets.toString(), deployment);
      registrationList.found(
          "servlet",
          fieldReader.at(handler, "managedServlet", "instanceStrategy", "instance"),
          targets.toString(),
          deployment);
    }
    for (Object managed :
        fieldReader.elements(fieldReader.at(deployment, "applicationListeners", "allListeners"))) {
      registrationList.found(
          "listener", fieldReader.at(managed, "listenerInfo", "listenerClass"), null, deployment);
      registrationList.found(
          "listener", fieldReader.at(managed, "handle", "instance"), null, deployment);
    }
    handlers(fieldReader.at(deployment, "initialHandler"), deployment);
  }

  private void handlers(@Nullable Object first, Object container) {
    new HandlerGraph(
            registrationList,
            "undertow-handler",
            HANDLERS,
            "io.undertow.server.",
            "io.undertow.util.PathMatcher",
            "io.undertow.util.CopyOnWriteMap",
            "io.undertow.util.SubstringMap",
            "io.undertow.util.PathTemplate",
            "io.undertow.servlet.handlers.")
        .record(first, container);
  }

  private String filterTargets(Object deployment, @Nullable String name) {
    StringBuilder targets = new StringBuilder();
    for (Object mapping :
        fieldReader.elements(fieldReader.at(deployment, "deploymentInfo", "filterUrlMappings"))) {
      if (name != null && name.equals(fieldReader.text(mapping, "filterName"))) {
        String target = fieldReader.text(mapping, "mapping");
        targets.append(targets.isEmpty() ? "" : " ").append(target);
      }
    }
    return targets.toString();
  }
}
