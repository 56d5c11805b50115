package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
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

/** Handlers added late to Spring's mappings, of servlets and of the reactive stack. */
final class SpringRegistrationHook extends RegistrationHook {
  private static final int METHOD_MAPPED = 0;
  private static final int URL_MAPPED = 1;
  private static final String WEB = "org/springframework/web/";

  static final List<String> METHOD_MAPPINGS =
      List.of(
          WEB + "servlet/handler/AbstractHandlerMethodMapping",
          WEB + "reactive/result/method/AbstractHandlerMethodMapping");

  private static final List<String> URL_MAPPINGS =
      List.of(
          WEB + "servlet/handler/AbstractUrlHandlerMapping",
          WEB + "reactive/handler/AbstractUrlHandlerMapping");

  SpringRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    List<HookPoint> points = new ArrayList<>();
    for (String owner : METHOD_MAPPINGS) {
      points.add(
          point(
              METHOD_MAPPED,
              entry(
                      owner,
                      "registerMapping",
                      "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/reflect/Method;",
                      SELF,
                      argument(0),
                      argument(1))
                  .asOptional()));
    }
    for (String owner : URL_MAPPINGS) {
      points.add(
          point(
              URL_MAPPED,
              entry(
                      owner,
                      "registerHandler",
                      "(Ljava/lang/String;Ljava/lang/Object;",
                      SELF,
                      argument(0),
                      argument(1))
                  .asOptional()));
    }
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    boolean late =
        switch (at) {
          case METHOD_MAPPED -> registrations.isLate(Kind.SPRING_MAPPING, values[0]);
          case URL_MAPPED -> registrations.inRequest();
          default -> throw HookPoint.unknown(at);
        };
    if (late) {
      registrations.report(
          "spring-mapping", className(values[2]), SpringMappings.text(values[0], values[1]));
    }
  }
}
