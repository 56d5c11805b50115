package whorl.agent.hook.code;

/**
 * Whether the application is still starting. Thousands of classes load in that phase, so all work
 * that can wait does, and there is no recording yet.
 */
public final class StartupPhase {
  private volatile boolean over;

  public boolean isOver() {
    return over;
  }

  /** Ends the phase: from now on everything is done at once. */
  public void end() {
    over = true;
  }
}
