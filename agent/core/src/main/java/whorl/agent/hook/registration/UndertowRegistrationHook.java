package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.registration.Registrations.typeName;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/** Filters, servlets and handlers that a request registers with Undertow. */
final class UndertowRegistrationHook extends RegistrationHook {
  UndertowRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        servlets("ManagedFilters", "addFilter", "FilterInfo"),
        servlets("ManagedServlets", "addServlet", "ServletInfo"),
        path("addPrefixPath"),
        path("addExactPath"));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!registrations.inRequest()) {
      return;
    }
    switch (at) {
      case 0 -> described("filter", values[0], "getFilterClass");
      case 1 -> described("servlet", values[0], "getServletClass");
      default -> registrations.report("undertow-handler", className(values[1]), text(values[0]));
    }
  }

  private static JoinPoint servlets(String owner, String method, String described) {
    String descriptor = "(Lio/undertow/servlet/api/" + described + ";";
    return entry("io/undertow/servlet/core/" + owner, method, descriptor, argument(0)).asOptional();
  }

  private static JoinPoint path(String method) {
    return entry(
            "io/undertow/server/handlers/PathHandler",
            method,
            "(Ljava/lang/String;Lio/undertow/server/HttpHandler;",
            argument(0),
            argument(1))
        .asOptional();
  }

  private void described(String kind, @Nullable Object info, String classCall) {
    registrations.report(
        kind, typeName(PublicCalls.call(info, classCall)), text(PublicCalls.call(info, "getName")));
  }
}
