package whorl.agent.hook.code;

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
 * method handles.
 */
public final class HiddenClassHook implements Hook {
  private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";

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
            RESULT));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (values[0] instanceof byte[] bytes
        && values[1] instanceof MethodHandles.Lookup lookup
        && !DefinitionOrigin.isLinkage()) {
      Class<?> hidden = lookup.lookupClass();
      made.defined(hidden.getName(), hidden.getClassLoader(), "hidden", bytes, true);
    }
  }
}
