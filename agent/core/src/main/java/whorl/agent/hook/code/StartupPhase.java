package whorl.agent.hook.code;

/**
 * Whether the application still starts, when it loads thousands of classes: what can wait does so,
 * and there is no recording yet.
 */
public final class StartupPhase {
  private volatile boolean over;

  public boolean isOver() {
    return over;
  }

  /** From now on everything is done at once. */
  public void end() {
    over = true;
  }
}
