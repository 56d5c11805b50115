package whorl.agent.hook.code;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Hidden classes, which no class file transformer sees; without the JDK's own for lambdas and
 * method handles. Those for lambdas are by far the most; the factory that makes them is watched, so
 * that nobody needs to look at the stack for each.
 */
public final class HiddenClassHook implements Hook {
  private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";
  private static final String LAMBDAS = "java/lang/invoke/InnerClassLambdaMetafactory";
  private static final int LAMBDA_BEGINS = 2;
  private static final int LAMBDA_ENDS = 3;

  private final MadeClasses made;

  public HiddenClassHook(MadeClasses made) {
    this.made = made;
  }

  @Override
  public String word() {
    return "class";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        onReturn(LOOKUP, "defineHiddenClass", "([BZ", argument(0), RESULT),
        onReturn(
            LOOKUP,
            "defineHiddenClassWithClassData",
            "([BLjava/lang/Object;Z",
            argument(0),
            RESULT),
        entry(LAMBDAS, "generateInnerClass", "()").whereThere(),
        always(LAMBDAS, "generateInnerClass", "()").whereThere());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (at == LAMBDA_BEGINS || at == LAMBDA_ENDS) {
      thread.linking(at == LAMBDA_BEGINS);
    } else if (!thread.linking()
        && values[0] instanceof byte[] bytes
        && values[1] instanceof MethodHandles.Lookup lookup
        && !DefinitionOrigin.isLinkage()) {
      Class<?> hidden = lookup.lookupClass();
      made.defined(hidden.getName(), hidden.getClassLoader(), "hidden", bytes, true);
    }
  }
}
