package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.joined;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets and handlers of Jetty 9 to 12, whose servlets have a package for each API. */
final class JettyRegistrationHook extends RegistrationHook {
  private static final List<String> APIS = List.of("", "ee8/", "ee9/", "ee10/", "ee11/");
  private static final int FILTER_MAPPED = 0;
  private static final int SERVLET_MAPPED = 1;
  private static final int SERVLET_ADDED = 2;
  private static final int HANDLER_ADDED = 3;

  JettyRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    List<HookPoint> points = new ArrayList<>();
    for (String api : APIS) {
      String servlet = "org/eclipse/jetty/" + api + "servlet/";
      points.add(mapping(FILTER_MAPPED, servlet, "addFilterMapping", "FilterMapping"));
      points.add(mapping(FILTER_MAPPED, servlet, "prependFilterMapping", "FilterMapping"));
      points.add(mapping(SERVLET_MAPPED, servlet, "addServletMapping", "ServletMapping"));
      String descriptor = "(L" + servlet + "ServletHolder;Ljava/lang/String;";
      points.add(
          point(
              SERVLET_ADDED,
              entry(
                      servlet + "ServletHandler",
                      "addServletWithMapping",
                      descriptor,
                      SELF,
                      argument(0),
                      argument(1))
                  .asOptional()));
    }
    points.add(handler("handler/HandlerCollection", "addHandler"));
    points.add(handler("Handler$Sequence", "addHandler"));
    points.add(handler("Handler$Collection", "addHandler"));
    points.add(handler("handler/HandlerWrapper", "setHandler"));
    points.add(handler("Handler$Wrapper", "setHandler"));
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!isLate(values[0])) {
      return;
    }
    switch (at) {
      case FILTER_MAPPED -> mapped("filter", values, "getFilterName", "getFilter");
      case SERVLET_MAPPED -> mapped("servlet", values, "getServletName", "getServlet");
      case SERVLET_ADDED -> {
        String type = text(PublicCalls.call(values[1], "getClassName"));
        registrations.report("servlet", type, text(values[2]));
      }
      case HANDLER_ADDED -> registrations.report("jetty-handler", className(values[1]), null);
      default -> throw HookPoint.unknown(at);
    }
  }

  private static HookPoint mapping(int id, String servlet, String method, String mapping) {
    String descriptor = "(L" + servlet + mapping + ";";
    return point(
        id, entry(servlet + "ServletHandler", method, descriptor, SELF, argument(0)).asOptional());
  }

  private static HookPoint handler(String owner, String method) {
    String descriptor = "(Lorg/eclipse/jetty/server/Handler;";
    return point(
        HANDLER_ADDED,
        entry("org/eclipse/jetty/server/" + owner, method, descriptor, SELF, argument(0))
            .asOptional());
  }

  private void mapped(String kind, @Nullable Object[] values, String nameCall, String find) {
    String name = text(PublicCalls.call(values[1], nameCall));
    Object holder = PublicCalls.call(values[0], find, name);
    registrations.report(
        kind,
        text(PublicCalls.call(holder, "getClassName")),
        joined(PublicCalls.call(values[1], "getPathSpecs")));
  }

  private boolean isLate(@Nullable Object component) {
    return registrations.inRequest()
        || (registrations.anyStarted(Kind.JETTY_SERVER)
            && Boolean.TRUE.equals(PublicCalls.call(component, "isStarted")));
  }
}
