package whorl.agent.hook.registration;

import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.event.RequestContext;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Servers that start, and what is registered with them once they have started or while a request is
 * served: an ordinary application is done with that by then.
 */
public final class RegistrationHook implements Hook {
  private static final String CONTEXT = "org/apache/catalina/core/StandardContext";
  private static final String FILTER_MAP = "(Lorg/apache/tomcat/util/descriptor/web/FilterMap;";
  private static final String JDK_SERVER = "sun/net/httpserver/ServerImpl";
  private static final String SPRING = "org/springframework/web/";
  private static final String HANDLER = "Lio/undertow/server/HttpHandler;";

  private final EventSink sink;
  private final LiveRoots roots;
  private final SeenRegistrations seen;
  private final LongSupplier epochMillis;
  private final List<JoinPoint> points = new ArrayList<>();
  private final List<Visit> visits = new ArrayList<>();

  /** What a visit of one join point means. */
  private interface Visit {
    void at(@Nullable Object[] values);
  }

  public RegistrationHook(EventSink sink, LiveRoots roots, SeenRegistrations seen) {
    this.sink = sink;
    this.roots = roots;
    this.seen = seen;
    this.epochMillis = System::currentTimeMillis;
    starts();
    tomcat();
    jetty();
    undertow();
    spring();
    register(
        entry(
            JDK_SERVER,
            "createContext",
            "(Ljava/lang/String;Lcom/sun/net/httpserver/HttpHandler;",
            SELF,
            argument(0),
            argument(1)),
        values -> {
          if (late(Kind.JDK_SERVER, values[0])) {
            tell("jdk-handler", className(values[2]), text(values[1]));
          }
        });
  }

  @Override
  public String word() {
    return "registration";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    visits.get(at).at(values);
  }

  private void starts() {
    root(Kind.TOMCAT_CONTAINER, CONTEXT, "startInternal", "()", SELF);
    root(
        Kind.TOMCAT_CONTAINER,
        "org/apache/catalina/core/StandardHost",
        "startInternal",
        "()",
        SELF);
    root(
        Kind.TOMCAT_CONTAINER,
        "org/apache/catalina/core/StandardEngine",
        "startInternal",
        "()",
        SELF);
    root(
        Kind.TOMCAT_CONNECTOR,
        "org/apache/catalina/connector/Connector",
        "startInternal",
        "()",
        SELF);
    root(
        Kind.TOMCAT_WEB_SOCKETS,
        "org/apache/tomcat/websocket/server/WsServerContainer",
        "<init>",
        "(",
        SELF);
    root(Kind.JETTY_SERVER, "org/eclipse/jetty/server/Server", "doStart", "()", SELF);
    root(Kind.UNDERTOW, "io/undertow/Undertow", "start", "()", SELF);
    root(
        Kind.UNDERTOW_DEPLOYMENT,
        "io/undertow/servlet/core/DeploymentManagerImpl",
        "start",
        "()",
        SELF);
    root(Kind.JDK_SERVER, JDK_SERVER, "start", "()", SELF);
    root(Kind.SPRING_DISPATCHER, SPRING + "servlet/DispatcherServlet", "initStrategies", "(", SELF);
    root(
        Kind.SPRING_DISPATCHER, SPRING + "reactive/DispatcherHandler", "initStrategies", "(", SELF);
    root(
        Kind.SPRING_WEB_FILTERS,
        SPRING + "server/handler/FilteringWebHandler",
        "<init>",
        "(",
        SELF);
    root(
        Kind.NETTY_SERVER,
        "io/netty/bootstrap/ServerBootstrap",
        "init",
        "(Lio/netty/channel/Channel;",
        argument(0));
    root(Kind.NETTY_PIPELINE, "io/netty/channel/DefaultChannelPipeline", "<init>", "(", SELF);
  }

  private void tomcat() {
    tomcatContext("addFilterMapBefore", FILTER_MAP, "filter", "getFilterName");
    tomcatContext("addFilterMap", FILTER_MAP, "filter", "getFilterName");
    register(
        entry(
            CONTEXT,
            "addServletMappingDecoded",
            "(Ljava/lang/String;Ljava/lang/String;Z",
            SELF,
            argument(0),
            argument(1)),
        values -> {
          if (late(Kind.TOMCAT_CONTAINER, values[0])) {
            Object wrapper = PublicCalls.call(values[0], "findChild", text(values[2]));
            tell("servlet", text(PublicCalls.call(wrapper, "getServletClass")), text(values[1]));
          }
        });
    for (String method :
        List.of("addApplicationEventListener", "addApplicationLifecycleListener")) {
      register(
          entry(CONTEXT, method, "(Ljava/lang/Object;", SELF, argument(0)),
          values -> {
            if (late(Kind.TOMCAT_CONTAINER, values[0])) {
              tell("listener", className(values[1]), null);
            }
          });
    }
    register(
        entry(
            "org/apache/catalina/core/StandardPipeline",
            "addValve",
            "(Lorg/apache/catalina/Valve;",
            SELF,
            argument(0)),
        values -> {
          Object container =
              roots.any(Kind.TOMCAT_CONTAINER) ? PublicCalls.call(values[0], "getContainer") : null;
          if (CurrentRequest.get() != null
              || (container != null && roots.isKnown(Kind.TOMCAT_CONTAINER, container))) {
            tell("valve", className(values[1]), null);
          }
        });
    for (String api : List.of("jakarta", "javax")) {
      register(
          entry(
              "org/apache/tomcat/websocket/server/WsServerContainer",
              "addEndpoint",
              "(L" + api + "/websocket/server/ServerEndpointConfig;Z",
              argument(0)),
          values -> {
            if (CurrentRequest.get() != null) {
              Object endpoint = PublicCalls.call(values[0], "getEndpointClass");
              tell(
                  "websocket",
                  endpoint instanceof Class<?> type ? type.getName() : null,
                  text(PublicCalls.call(values[0], "getPath")));
            }
          });
    }
    register(
        entry(
            "org/apache/coyote/http11/AbstractHttp11Protocol",
            "addUpgradeProtocol",
            "(Lorg/apache/coyote/UpgradeProtocol;",
            argument(0)),
        values -> {
          if (CurrentRequest.get() != null) {
            tell("upgrade-protocol", className(values[0]), null);
          }
        });
  }

  private void tomcatContext(String method, String descriptor, String kind, String nameCall) {
    register(
        entry(CONTEXT, method, descriptor, SELF, argument(0)),
        values -> {
          if (late(Kind.TOMCAT_CONTAINER, values[0])) {
            String name = text(PublicCalls.call(values[1], nameCall));
            Object def = PublicCalls.call(values[0], "findFilterDef", name);
            Object filter = PublicCalls.call(def, "getFilter");
            String type =
                filter == null
                    ? text(PublicCalls.call(def, "getFilterClass"))
                    : filter.getClass().getName();
            tell(kind, type, joined(PublicCalls.call(values[1], "getURLPatterns")));
          }
        });
  }

  private void jetty() {
    for (String at : List.of("", "ee8/", "ee9/", "ee10/", "ee11/")) {
      String servlet = "org/eclipse/jetty/" + at + "servlet/";
      for (String method : List.of("addFilterMapping", "prependFilterMapping")) {
        jettyMapping(servlet, method, "FilterMapping", "filter", "getFilterName", "getFilter");
      }
      jettyMapping(
          servlet,
          "addServletMapping",
          "ServletMapping",
          "servlet",
          "getServletName",
          "getServlet");
      register(
          entry(
              servlet + "ServletHandler",
              "addServletWithMapping",
              "(L" + servlet + "ServletHolder;Ljava/lang/String;",
              SELF,
              argument(0),
              argument(1)),
          values -> {
            if (lateInJetty(values[0])) {
              Object type = PublicCalls.call(values[1], "getClassName");
              tell("servlet", text(type), text(values[2]));
            }
          });
    }
    for (String owner :
        List.of(
            "handler/HandlerCollection",
            "Handler$Sequence",
            "Handler$Collection",
            "handler/HandlerWrapper",
            "Handler$Wrapper")) {
      register(
          entry(
                  "org/eclipse/jetty/server/" + owner,
                  owner.endsWith("Wrapper") ? "setHandler" : "addHandler",
                  "(Lorg/eclipse/jetty/server/Handler;",
                  SELF,
                  argument(0))
              .whereThere(),
          values -> {
            if (lateInJetty(values[0])) {
              tell("jetty-handler", className(values[1]), null);
            }
          });
    }
  }

  private void jettyMapping(
      String servlet, String method, String mapping, String kind, String nameCall, String find) {
    register(
        entry(
            servlet + "ServletHandler", method, "(L" + servlet + mapping + ";", SELF, argument(0)),
        values -> {
          if (lateInJetty(values[0])) {
            String name = text(PublicCalls.call(values[1], nameCall));
            Object holder = PublicCalls.call(values[0], find, name);
            tell(
                kind,
                text(PublicCalls.call(holder, "getClassName")),
                joined(PublicCalls.call(values[1], "getPathSpecs")));
          }
        });
  }

  private void undertow() {
    undertowServlet("ManagedFilters", "addFilter", "FilterInfo", "filter", "getFilterClass");
    undertowServlet("ManagedServlets", "addServlet", "ServletInfo", "servlet", "getServletClass");
    for (String method : List.of("addPrefixPath", "addExactPath")) {
      register(
          entry(
              "io/undertow/server/handlers/PathHandler",
              method,
              "(Ljava/lang/String;" + HANDLER,
              argument(0),
              argument(1)),
          values -> {
            if (CurrentRequest.get() != null) {
              tell("undertow-handler", className(values[1]), text(values[0]));
            }
          });
    }
  }

  private void undertowServlet(
      String owner, String method, String described, String kind, String classCall) {
    register(
        entry(
            "io/undertow/servlet/core/" + owner,
            method,
            "(Lio/undertow/servlet/api/" + described + ";",
            argument(0)),
        values -> {
          if (CurrentRequest.get() != null) {
            Object type = PublicCalls.call(values[0], classCall);
            tell(
                kind,
                type instanceof Class<?> known ? known.getName() : null,
                text(PublicCalls.call(values[0], "getName")));
          }
        });
  }

  private void spring() {
    for (String owner :
        List.of(
            "servlet/handler/AbstractHandlerMethodMapping",
            "reactive/result/method/AbstractHandlerMethodMapping")) {
      root(Kind.SPRING_MAPPING, SPRING + owner, "afterPropertiesSet", "()", SELF);
      register(
          entry(
              SPRING + owner,
              "registerMapping",
              "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/reflect/Method;",
              SELF,
              argument(0),
              argument(1)),
          values -> {
            if (late(Kind.SPRING_MAPPING, values[0])) {
              tell("spring-mapping", className(values[2]), text(values[1]));
            }
          });
    }
    for (String owner :
        List.of(
            "servlet/handler/AbstractUrlHandlerMapping",
            "reactive/handler/AbstractUrlHandlerMapping")) {
      register(
          entry(
              SPRING + owner,
              "registerHandler",
              "(Ljava/lang/String;Ljava/lang/Object;",
              argument(0),
              argument(1)),
          values -> {
            if (CurrentRequest.get() != null) {
              tell("spring-mapping", className(values[1]), text(values[0]));
            }
          });
    }
  }

  private void root(
      Kind kind, String owner, String method, String descriptorStart, Operand operand) {
    register(
        onReturn(owner, method, descriptorStart, operand),
        values -> {
          if (values[0] != null) {
            roots.note(kind, values[0]);
          }
        });
  }

  private void register(JoinPoint point, Visit visit) {
    points.add(point.whereThere());
    visits.add(visit);
  }

  private boolean late(Kind kind, @Nullable Object root) {
    return CurrentRequest.get() != null || (root != null && roots.isKnown(kind, root));
  }

  private boolean lateInJetty(@Nullable Object component) {
    return CurrentRequest.get() != null
        || (roots.any(Kind.JETTY_SERVER)
            && Boolean.TRUE.equals(PublicCalls.call(component, "isStarted")));
  }

  private void tell(String kind, @Nullable String className, @Nullable String target) {
    RequestContext request = CurrentRequest.get();
    seen.add(new SeenRegistrations.Seen(kind, className, target, epochMillis.getAsLong(), request));
    sink.emit(EventType.REGISTRATION, kind, className, target);
  }

  private static @Nullable String className(@Nullable Object component) {
    return component == null
        ? null
        : component instanceof String name ? name : component.getClass().getName();
  }

  /** Only what cannot run code of the application's. */
  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value != null && value.getClass().getName().startsWith("org.springframework.")
        ? value.toString()
        : null;
  }

  private static @Nullable String joined(@Nullable Object values) {
    return values instanceof String[] texts ? String.join(" ", texts) : null;
  }
}
