package whorl.agent.hook.code;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Hidden classes, which no class file transformer sees, without the JDK's own for lambdas and
 * method handles. Those for lambdas are by far the most frequent. This hook observes the factory
 * that generates them, so that they need no stack walk.
 */
public final class HiddenClassHook implements Hook {
  private static final String DEFINE =
      "(Ljava/lang/ClassLoader;Ljava/lang/Class;Ljava/lang/String;[B"
          + "Ljava/security/ProtectionDomain;ZILjava/lang/Object;)";
  private static final String LAMBDAS = "java/lang/invoke/InnerClassLambdaMetafactory";
  private static final int LAMBDA_BEGINS = 0;
  private static final int LAMBDA_ENDS = 1;
  private static final int DEFINED = 2;

  /** MethodHandleNatives.Constants.HIDDEN_CLASS: other classes reach a transformer. */
  private static final int HIDDEN = 2;

  private final GeneratedClasses generated;
  private final StartupPhase startupPhase;

  public HiddenClassHook(GeneratedClasses generated, StartupPhase startupPhase) {
    this.generated = generated;
    this.startupPhase = startupPhase;
  }

  @Override
  public String group() {
    return "class";
  }

  @Override
  public List<HookPoint> joinPoints() {
    List<HookPoint> points = new ArrayList<>();
    points.add(point(LAMBDA_BEGINS, entry(LAMBDAS, "generateInnerClass", "()").asOptional()));
    points.add(point(LAMBDA_ENDS, always(LAMBDAS, "generateInnerClass", "()").asOptional()));
    // The JDK's internal entry for hidden classes, which Lookup uses as well; the number in the
    // name differs by version.
    for (String system : new String[] {"java/lang/System$1", "java/lang/System$2"}) {
      points.add(
          point(
              DEFINED,
              onReturn(system, "defineClass", DEFINE, argument(1), argument(3), argument(6), RESULT)
                  .asOptional()));
    }
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case LAMBDA_BEGINS -> thread.linking(true);
      case LAMBDA_ENDS -> thread.linking(false);
      case DEFINED -> defined(values, thread);
      default -> throw HookPoint.unknown(at);
    }
  }

  private void defined(@Nullable Object[] values, ThreadState thread) {
    if (!thread.linking()
        && values[0] instanceof Class<?> host
        && values[1] instanceof byte[] bytes
        && values[2] instanceof Integer flags
        && (flags & HIDDEN) != 0
        && values[3] instanceof Class<?> hidden
        && !isOfStartup(host)
        && !DefinitionOrigin.isLinkage()) {
      generated.defined(hidden.getName(), ClassFacts.loader(hidden), "hidden", bytes, true);
    }
  }

  /** The JDK generates many for itself while the JVM starts; they are not worth a stack walk. */
  private boolean isOfStartup(Class<?> host) {
    return ClassFacts.isOfBootLoader(host)
        && host.getName().startsWith("java.lang.invoke.")
        && !startupPhase.isOver()
        && CurrentRequest.get() == null;
  }
}
