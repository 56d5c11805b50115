package whorl.agent.hook.registration;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/** Servers and their parts that start: from then on registrations with them are reported. */
final class ServerStartHook implements Hook {
  private static final String CATALINA = "org/apache/catalina/";
  private static final String SPRING = "org/springframework/web/";

  private static final Kind[] KINDS = Kind.values();

  private final LiveRoots roots;

  /** Each join point's number is the ordinal of the kind of root. */
  private final List<HookPoint> points = new ArrayList<>();

  ServerStartHook(LiveRoots roots) {
    this.roots = roots;
    root(Kind.TOMCAT_CONTAINER, CATALINA + "core/StandardContext", "startInternal", "()", SELF);
    root(Kind.TOMCAT_CONTAINER, CATALINA + "core/StandardHost", "startInternal", "()", SELF);
    root(Kind.TOMCAT_CONTAINER, CATALINA + "core/StandardEngine", "startInternal", "()", SELF);
    root(Kind.TOMCAT_CONNECTOR, CATALINA + "connector/Connector", "startInternal", "()", SELF);
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
    root(Kind.JDK_SERVER, JdkServerRegistrationHook.SERVER, "start", "()", SELF);
    root(Kind.SPRING_DISPATCHER, SPRING + "servlet/DispatcherServlet", "initStrategies", "(", SELF);
    root(
        Kind.SPRING_DISPATCHER, SPRING + "reactive/DispatcherHandler", "initStrategies", "(", SELF);
    for (String mapping : SpringRegistrationHook.METHOD_MAPPINGS) {
      root(Kind.SPRING_MAPPING, mapping, "afterPropertiesSet", "()", SELF);
    }
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

  @Override
  public String group() {
    return Registrations.GROUP;
  }

  @Override
  public List<HookPoint> joinPoints() {
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (values[0] != null) {
      roots.note(KINDS[at], values[0]);
    }
  }

  private void root(
      Kind kind, String owner, String method, String descriptorStart, Operand operand) {
    points.add(
        point(kind.ordinal(), onReturn(owner, method, descriptorStart, operand).asOptional()));
  }
}
