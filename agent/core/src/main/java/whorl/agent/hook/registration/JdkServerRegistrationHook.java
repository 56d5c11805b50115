package whorl.agent.hook.registration;

import static whorl.agent.hook.registration.Registrations.className;
import static whorl.agent.hook.registration.Registrations.text;
import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Handlers of the JDK's own HTTP server. */
final class JdkServerRegistrationHook extends RegistrationHook {
  private static final int CONTEXT_CREATED = 0;
  static final String SERVER = "sun/net/httpserver/ServerImpl";

  JdkServerRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            CONTEXT_CREATED,
            entry(
                    SERVER,
                    "createContext",
                    "(Ljava/lang/String;Lcom/sun/net/httpserver/HttpHandler;",
                    SELF,
                    argument(0),
                    argument(1))
                .asOptional()));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (registrations.isLate(Kind.JDK_SERVER, values[0])) {
      registrations.report("jdk-handler", className(values[2]), text(values[1]));
    }
  }
}
