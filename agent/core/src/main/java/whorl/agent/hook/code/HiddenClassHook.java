package whorl.agent.hook.code;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CurrentRequest;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
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
  public List<JoinPoint> joinPoints() {
    List<JoinPoint> points = new ArrayList<>();
    points.add(entry(LAMBDAS, "generateInnerClass", "()").asOptional());
    points.add(always(LAMBDAS, "generateInnerClass", "()").asOptional());
    // The JDK's internal entry for hidden classes, which Lookup uses as well; the number in the
    // name differs by version.
    for (String system : new String[] {"java/lang/System$1", "java/lang/System$2"}) {
      points.add(
          onReturn(system, "defineClass", DEFINE, argument(1), argument(3), argument(6), RESULT)
              .asOptional());
    }
    return points;
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == LAMBDA_BEGINS || at == LAMBDA_ENDS) {
      thread.linking(at == LAMBDA_BEGINS);
    } else if (!thread.linking()
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
