package whorl.event;

/**
 * Counts how often the agent found no room on the stack of a thread of the application. An
 * operation that has just enough room leaves none for its hook or for the rules. So code could act
 * unseen at the end of a stack; the agent reports that it may have.
 */
public final class StackEnd {
  /** Half of the room that rules need. */
  private static final int FRAMES_NEAR = 512;

  private static volatile int count;

  private StackEnd() {}

  /**
   * A {@link StackOverflowError} was caught. Needs one frame and nothing else. Threads that call it
   * at the same moment may be counted as one.
   */
  public static void met() {
    int before = count;
    count = before + 1;
  }

  /** As {@link #met}, for work that may overflow any stack: only if there is little room here. */
  public static void metIfNear() {
    try {
      use(FRAMES_NEAR);
    } catch (StackOverflowError near) {
      met();
    }
  }

  /** A number that changes with each call of {@link #met}. */
  public static int count() {
    return count;
  }

  private static int use(int frames) {
    return frames == 0 ? 0 : 1 + use(frames - 1);
  }
}
