package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.joined;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets and handlers of Jetty 9 to 12, whose servlets have a package for each API. */
final class JettyRegistrationHook extends RegistrationHook {
  private static final List<String> APIS = List.of("", "ee8/", "ee9/", "ee10/", "ee11/");
  private static final int POINTS_PER_API = 4;

  JettyRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<JoinPoint> joinPoints() {
    List<JoinPoint> points = new ArrayList<>();
    for (String api : APIS) {
      String servlet = "org/eclipse/jetty/" + api + "servlet/";
      points.add(mapping(servlet, "addFilterMapping", "FilterMapping"));
      points.add(mapping(servlet, "prependFilterMapping", "FilterMapping"));
      points.add(mapping(servlet, "addServletMapping", "ServletMapping"));
      String descriptor = "(L" + servlet + "ServletHolder;Ljava/lang/String;";
      points.add(
          entry(
                  servlet + "ServletHandler",
                  "addServletWithMapping",
                  descriptor,
                  SELF,
                  argument(0),
                  argument(1))
              .asOptional());
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
    if (at >= APIS.size() * POINTS_PER_API) {
      registrations.report("jetty-handler", className(values[1]), null);
      return;
    }
    switch (at % POINTS_PER_API) {
      case 0, 1 -> mapped("filter", values, "getFilterName", "getFilter");
      case 2 -> mapped("servlet", values, "getServletName", "getServlet");
      default -> {
        String type = text(PublicCalls.call(values[1], "getClassName"));
        registrations.report("servlet", type, text(values[2]));
      }
    }
  }

  private static JoinPoint mapping(String servlet, String method, String mapping) {
    String descriptor = "(L" + servlet + mapping + ";";
    return entry(servlet + "ServletHandler", method, descriptor, SELF, argument(0)).asOptional();
  }

  private static JoinPoint handler(String owner, String method) {
    String descriptor = "(Lorg/eclipse/jetty/server/Handler;";
    return entry("org/eclipse/jetty/server/" + owner, method, descriptor, SELF, argument(0))
        .asOptional();
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
