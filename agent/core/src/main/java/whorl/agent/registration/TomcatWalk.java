package whorl.agent.registration;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks Tomcat 8.5 and newer: what each context, host and engine calls. */
final class TomcatWalk {
  private static final int MAX_VALVES = 256;

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  TomcatWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
  }

  void container(Object container) {
    valves(container, container);
    if (fieldReader.at(container, "filterConfigs") == null) {
      return;
    }
    filters(container);
    for (String field :
        new String[] {"applicationEventListenersList", "applicationLifecycleListenersObjects"}) {
      for (Object listener : fieldReader.elements(fieldReader.at(container, field))) {
        registrationList.found("listener", listener, null, container);
      }
    }
    for (Object wrapper : fieldReader.elements(fieldReader.at(container, "children"))) {
      valves(wrapper, container);
      String mappings = joined(fieldReader.elements(fieldReader.at(wrapper, "mappings")).toArray());
      registrationList.found("servlet", fieldReader.at(wrapper, "instance"), mappings, container);
    }
  }

  void connector(Object connector) {
    Object protocol = fieldReader.at(connector, "protocolHandler");
    registrationList.found(
        "executor", fieldReader.at(protocol, "endpoint", "executor"), null, connector);
    for (Object upgrade : fieldReader.elements(fieldReader.at(protocol, "upgradeProtocols"))) {
      registrationList.found("upgrade-protocol", upgrade, null, connector);
    }
    for (String field : new String[] {"httpUpgradeProtocols", "negotiatedProtocols"}) {
      for (Map.Entry<?, ?> upgrade : fieldReader.entries(fieldReader.at(protocol, field))) {
        String name = upgrade.getKey() instanceof String text ? text : null;
        registrationList.found("upgrade-protocol", upgrade.getValue(), name, connector);
      }
    }
  }

  void webSockets(Object container) {
    for (Map.Entry<?, ?> match :
        fieldReader.entries(fieldReader.at(container, "configExactMatchMap"))) {
      endpoint(container, match.getValue());
    }
    for (Object templates :
        fieldReader.elements(fieldReader.at(container, "configTemplateMatchMap"))) {
      for (Object match : fieldReader.elements(templates)) {
        endpoint(container, match);
      }
    }
  }

  private void endpoint(Object container, @Nullable Object match) {
    Object config = fieldReader.at(match, "config");
    registrationList.found(
        "websocket",
        fieldReader.at(config, "endpointClass"),
        fieldReader.text(config, "path"),
        container);
  }

  private void filters(Object context) {
    Object[] maps = array(fieldReader.at(context, "filterMaps", "array"));
    for (Map.Entry<?, ?> config : fieldReader.entries(fieldReader.at(context, "filterConfigs"))) {
      StringBuilder targets = new StringBuilder();
      for (Object map : maps) {
        String name = fieldReader.text(map, "filterName");
        if (name != null && name.equals(config.getKey())) {
          targets.append(targets.isEmpty() ? "" : " ");
          targets.append(joined(array(fieldReader.at(map, "urlPatterns"))));
          targets.append(joined(array(fieldReader.at(map, "servletNames"))));
        }
      }
      registrationList.found(
          "filter", fieldReader.at(config.getValue(), "filter"), targets.toString(), context);
    }
  }

  private void valves(Object container, Object reported) {
    Object pipeline = fieldReader.at(container, "pipeline");
    registrationList.found("valve", fieldReader.at(pipeline, "basic"), null, reported);
    Object valve = fieldReader.at(pipeline, "first");
    for (int i = 0; valve != null && i < MAX_VALVES; i++) {
      registrationList.found("valve", valve, null, reported);
      valve = fieldReader.at(valve, "next");
    }
  }

  private static Object[] array(@Nullable Object value) {
    return value instanceof Object[] array ? array : new Object[0];
  }

  private static String joined(Object[] texts) {
    StringBuilder joined = new StringBuilder();
    for (Object text : texts) {
      if (text instanceof String) {
        joined.append(joined.isEmpty() ? "" : " ").append(text);
      }
    }
    return joined.toString();
  }
}
