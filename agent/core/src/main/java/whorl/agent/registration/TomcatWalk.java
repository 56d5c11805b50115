package whorl.agent.registration;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tomcat's containers, from 8.5 on: what each context, host and engine calls. */
final class TomcatWalk {
  private static final int MAX_VALVES = 256;

  private final Walk walk;
  private final Peek peek;

  TomcatWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void container(Object container) {
    valves(container, container);
    if (peek.at(container, "filterConfigs") == null) {
      return;
    }
    filters(container);
    for (String field :
        new String[] {"applicationEventListenersList", "applicationLifecycleListenersObjects"}) {
      for (Object listener : peek.elements(peek.at(container, field))) {
        walk.found("listener", listener, null, container);
      }
    }
    for (Object wrapper : peek.elements(peek.at(container, "children"))) {
      valves(wrapper, container);
      String mappings = joined(peek.elements(peek.at(wrapper, "mappings")).toArray());
      walk.found("servlet", peek.at(wrapper, "instance"), mappings, container);
    }
  }

  void connector(Object connector) {
    Object protocol = peek.at(connector, "protocolHandler");
    walk.found("executor", peek.at(protocol, "endpoint", "executor"), null, connector);
    for (Object upgrade : peek.elements(peek.at(protocol, "upgradeProtocols"))) {
      walk.found("upgrade-protocol", upgrade, null, connector);
    }
    for (String field : new String[] {"httpUpgradeProtocols", "negotiatedProtocols"}) {
      for (Map.Entry<?, ?> upgrade : peek.entries(peek.at(protocol, field))) {
        String name = upgrade.getKey() instanceof String text ? text : null;
        walk.found("upgrade-protocol", upgrade.getValue(), name, connector);
      }
    }
  }

  void webSockets(Object container) {
    for (Map.Entry<?, ?> match : peek.entries(peek.at(container, "configExactMatchMap"))) {
      endpoint(container, match.getValue());
    }
    for (Object templates : peek.elements(peek.at(container, "configTemplateMatchMap"))) {
      for (Object match : peek.elements(templates)) {
        endpoint(container, match);
      }
    }
  }

  private void endpoint(Object container, @Nullable Object match) {
    Object config = peek.at(match, "config");
    walk.found("websocket", peek.at(config, "endpointClass"), peek.text(config, "path"), container);
  }

  private void filters(Object context) {
    Object[] maps = array(peek.at(context, "filterMaps", "array"));
    for (Map.Entry<?, ?> config : peek.entries(peek.at(context, "filterConfigs"))) {
      StringBuilder targets = new StringBuilder();
      for (Object map : maps) {
        if (config.getKey().equals(peek.text(map, "filterName"))) {
          targets.append(targets.isEmpty() ? "" : " ");
          targets.append(joined(array(peek.at(map, "urlPatterns"))));
          targets.append(joined(array(peek.at(map, "servletNames"))));
        }
      }
      walk.found("filter", peek.at(config.getValue(), "filter"), targets.toString(), context);
    }
  }

  private void valves(Object container, Object told) {
    Object pipeline = peek.at(container, "pipeline");
    walk.found("valve", peek.at(pipeline, "basic"), null, told);
    Object valve = peek.at(pipeline, "first");
    for (int i = 0; valve != null && i < MAX_VALVES; i++) {
      walk.found("valve", valve, null, told);
      valve = peek.at(valve, "next");
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
