package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.joined;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.registration.Registrations.typeName;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets, listeners, valves and other parts to which Tomcat passes requests. */
final class TomcatRegistrationHook extends RegistrationHook {
  private static final String CONTEXT = "org/apache/catalina/core/StandardContext";
  private static final String FILTER_MAP = "(Lorg/apache/tomcat/util/descriptor/web/FilterMap;";
  private static final String WEB_SOCKETS = "org/apache/tomcat/websocket/server/WsServerContainer";

  TomcatRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        entry(CONTEXT, "addFilterMapBefore", FILTER_MAP, SELF, argument(0)).asOptional(),
        entry(CONTEXT, "addFilterMap", FILTER_MAP, SELF, argument(0)).asOptional(),
        entry(
                CONTEXT,
                "addServletMappingDecoded",
                "(Ljava/lang/String;Ljava/lang/String;Z",
                SELF,
                argument(0),
                argument(1))
            .asOptional(),
        listener("addApplicationEventListener"),
        listener("addApplicationLifecycleListener"),
        entry(
                "org/apache/catalina/core/StandardPipeline",
                "addValve",
                "(Lorg/apache/catalina/Valve;",
                SELF,
                argument(0))
            .asOptional(),
        webSocket("jakarta"),
        webSocket("javax"),
        entry(
                "org/apache/coyote/http11/AbstractHttp11Protocol",
                "addUpgradeProtocol",
                "(Lorg/apache/coyote/UpgradeProtocol;",
                argument(0))
            .asOptional());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case 0, 1 -> filter(values[0], values[1]);
      case 2 -> servlet(values[0], values[1], values[2]);
      case 3, 4 -> {
        if (registrations.isLate(Kind.TOMCAT_CONTAINER, values[0])) {
          registrations.report("listener", className(values[1]), null);
        }
      }
      case 5 -> valve(values[0], values[1]);
      case 6, 7 -> webSocket(values[0]);
      case 8 -> {
        if (registrations.inRequest()) {
          registrations.report("upgrade-protocol", className(values[0]), null);
        }
      }
      default -> throw new IllegalArgumentException("no such join point: " + at);
    }
  }

  private static JoinPoint listener(String method) {
    return entry(CONTEXT, method, "(Ljava/lang/Object;", SELF, argument(0)).asOptional();
  }

  private static JoinPoint webSocket(String api) {
    String descriptor = "(L" + api + "/websocket/server/ServerEndpointConfig;Z";
    return entry(WEB_SOCKETS, "addEndpoint", descriptor, argument(0)).asOptional();
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
