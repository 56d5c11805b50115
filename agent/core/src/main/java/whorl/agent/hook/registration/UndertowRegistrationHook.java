package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.registration.Registrations.typeName;
import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets and handlers that a request registers with Undertow. */
final class UndertowRegistrationHook extends RegistrationHook {
  private static final int FILTER_ADDED = 0;
  private static final int SERVLET_ADDED = 1;
  private static final int PATH_ADDED = 2;

  UndertowRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        servlets(FILTER_ADDED, "ManagedFilters", "addFilter", "FilterInfo"),
        servlets(SERVLET_ADDED, "ManagedServlets", "addServlet", "ServletInfo"),
        path("addPrefixPath"),
        path("addExactPath"));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!registrations.inRequest()) {
      return;
    }
    switch (at) {
      case FILTER_ADDED -> described("filter", values[0], "getFilterClass");
      case SERVLET_ADDED -> described("servlet", values[0], "getServletClass");
      case PATH_ADDED ->
          registrations.report("undertow-handler", className(values[1]), text(values[0]));
      default -> throw HookPoint.unknown(at);
    }
  }

  private static HookPoint servlets(int id, String owner, String method, String described) {
    String descriptor = "(Lio/undertow/servlet/api/" + described + ";";
    return point(
        id,
        entry("io/undertow/servlet/core/" + owner, method, descriptor, argument(0)).asOptional());
  }

  private static HookPoint path(String method) {
    return point(
        PATH_ADDED,
        entry(
                "io/undertow/server/handlers/PathHandler",
                method,
                "(Ljava/lang/String;Lio/undertow/server/HttpHandler;",
                argument(0),
                argument(1))
            .asOptional());
  }

  private void described(String kind, @Nullable Object info, String classCall) {
    registrations.report(
        kind, typeName(PublicCalls.call(info, classCall)), text(PublicCalls.call(info, "getName")));
  }
}
