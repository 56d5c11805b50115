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
import whorl.agent.hook.weave.Operand.SelfField;
import whorl.agent.hook.weave.ThreadState;

/** Handlers of the JDK's own HTTP server. */
final class JdkServerRegistrationHook extends RegistrationHook {
  private static final int HANDLER = 0;
  static final String SERVER = "sun/net/httpserver/ServerImpl";
  private static final String CONTEXT = "sun/net/httpserver/HttpContextImpl";

  JdkServerRegistrationHook(Registrations registrations) {
    super(registrations);
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(
            HANDLER,
            entry(
                    SERVER,
                    "createContext",
                    "(Ljava/lang/String;Lcom/sun/net/httpserver/HttpHandler;",
                    SELF,
                    argument(0),
                    argument(1))
                .asOptional()),
        ofContext("setHandler", "(Lcom/sun/net/httpserver/HttpHandler;"),
        ofContext("setAuthenticator", "(Lcom/sun/net/httpserver/Authenticator;"));
  }

  /** A context may be made without a handler, and gets it later. */
  private static HookPoint ofContext(String method, String descriptorStart) {
    return point(
        HANDLER,
        entry(
                CONTEXT,
                method,
                descriptorStart,
                new SelfField("server", "L" + SERVER + ";"),
                new SelfField("path", "Ljava/lang/String;"),
                argument(0))
            .asOptional());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (values[2] != null && registrations.isLate(Kind.JDK_SERVER, values[0])) {
      registrations.report("jdk-handler", className(values[2]), text(values[1]));
    }
  }
}
