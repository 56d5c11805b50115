package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.joined;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.registration.Registrations.typeName;
import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets, listeners, valves and other parts to which Tomcat passes requests. */
final class TomcatRegistrationHook extends RegistrationHook {
  private static final int FILTER_MAPPED = 0;
  private static final int SERVLET_MAPPED = 1;
  private static final int LISTENER_ADDED = 2;
  private static final int VALVE_ADDED = 3;
  private static final int WEB_SOCKET_ADDED = 4;
  private static final int UPGRADE_PROTOCOL_ADDED = 5;
  private static final String CONTEXT = "org/apache/catalina/core/StandardContext";
  private static final String FILTER_MAP = "(Lorg/apache/tomcat/util/descriptor/web/FilterMap;";
  private static final String WEB_SOCKETS = "org/apache/tomcat/websocket/server/WsServerContainer";

  TomcatRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        filter("addFilterMapBefore"),
        filter("addFilterMap"),
        point(
            SERVLET_MAPPED,
            entry(
                    CONTEXT,
                    "addServletMappingDecoded",
                    "(Ljava/lang/String;Ljava/lang/String;Z",
                    SELF,
                    argument(0),
                    argument(1))
                .asOptional()),
        listener("addApplicationEventListener"),
        listener("addApplicationLifecycleListener"),
        point(
            VALVE_ADDED,
            entry(
                    "org/apache/catalina/core/StandardPipeline",
                    "addValve",
                    "(Lorg/apache/catalina/Valve;",
                    SELF,
                    argument(0))
                .asOptional()),
        webSocket("jakarta"),
        webSocket("javax"),
        point(
            UPGRADE_PROTOCOL_ADDED,
            entry(
                    "org/apache/coyote/http11/AbstractHttp11Protocol",
                    "addUpgradeProtocol",
                    "(Lorg/apache/coyote/UpgradeProtocol;",
                    argument(0))
                .asOptional()));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case FILTER_MAPPED -> filter(values[0], values[1]);
      case SERVLET_MAPPED -> servlet(values[0], values[1], values[2]);
      case LISTENER_ADDED -> {
        if (registrations.isLate(Kind.TOMCAT_CONTAINER, values[0])) {
          registrations.report("listener", className(values[1]), null);
        }
      }
      case VALVE_ADDED -> valve(values[0], values[1]);
      case WEB_SOCKET_ADDED -> webSocket(values[0]);
      case UPGRADE_PROTOCOL_ADDED -> {
        if (registrations.inRequest()) {
          registrations.report("upgrade-protocol", className(values[0]), null);
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  private static HookPoint filter(String method) {
    return point(FILTER_MAPPED, entry(CONTEXT, method, FILTER_MAP, SELF, argument(0)).asOptional());
  }

  private static HookPoint listener(String method) {
    return point(
        LISTENER_ADDED,
        entry(CONTEXT, method, "(Ljava/lang/Object;", SELF, argument(0)).asOptional());
  }

  private static HookPoint webSocket(String api) {
    String descriptor = "(L" + api + "/websocket/server/ServerEndpointConfig;Z";
    return point(
        WEB_SOCKET_ADDED, entry(WEB_SOCKETS, "addEndpoint", descriptor, argument(0)).asOptional());
  }

  private void filter(@Nullable Object context, @Nullable Object mapping) {
    if (registrations.isLate(Kind.TOMCAT_CONTAINER, context)) {
      String name = text(PublicCalls.call(mapping, "getFilterName"));
      Object def = PublicCalls.call(context, "findFilterDef", name);
      Object filter = PublicCalls.call(def, "getFilter");
      String type =
          filter == null
              ? text(PublicCalls.call(def, "getFilterClass"))
              : filter.getClass().getName();
      registrations.report("filter", type, joined(PublicCalls.call(mapping, "getURLPatterns")));
    }
  }

  private void servlet(@Nullable Object context, @Nullable Object pattern, @Nullable Object name) {
    if (registrations.isLate(Kind.TOMCAT_CONTAINER, context)) {
      Object wrapper = PublicCalls.call(context, "findChild", text(name));
      String type = text(PublicCalls.call(wrapper, "getServletClass"));
      registrations.report("servlet", type, text(pattern));
    }
  }

  private void valve(@Nullable Object pipeline, @Nullable Object valve) {
    Object container =
        registrations.anyStarted(Kind.TOMCAT_CONTAINER)
            ? PublicCalls.call(pipeline, "getContainer")
            : null;
    if (registrations.isLate(Kind.TOMCAT_CONTAINER, container)) {
      registrations.report("valve", className(valve), null);
    }
  }

  private void webSocket(@Nullable Object config) {
    if (registrations.inRequest()) {
      registrations.report(
          "websocket",
          typeName(PublicCalls.call(config, "getEndpointClass")),
          text(PublicCalls.call(config, "getPath")));
    }
  }
}
