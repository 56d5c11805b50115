package whorl.agent.hook;

import whorl.agent.hook.code.DefinitionOrigin;
import whorl.agent.hook.code.DefinitionStack;
import whorl.agent.hook.weave.ThreadState;
import whorl.agent.hook.weave.Weaver;

/**
 * Loads and initialises much of what {@link Hooks#install} is about to want, on a thread beside the
 * main one: before {@code main} a second processor has nothing to do.
 */
public final class Ahead implements Runnable {
  @Override
  public void run() {
    loadObserver();
    Weaver.warmUp();
  }

  /** What visits touch. */
  static void loadObserver() {
    try {
      // Loaded for the first time when classes have no room any more, it would be asked for by its
      // own loading: transforming it links method handles, whose failure is told by this class.
      Class.forName("java.lang.invoke.InvokerBytecodeGenerator$BytecodeGenerationException");
    } catch (ClassNotFoundException renamed) {
      // Then nothing is to be done about it.
    }
    DefinitionOrigin.here();
    DefinitionOrigin.isLinkage();
    DefinitionStack.warmUp();
    ThreadState.of(ThreadState.current());
  }
}
