package whorl.event;

/** The current thread's stack, bounded in depth and free of frames of Whorl. */
public final class CallStack {
  private static final int MAX_FRAMES = 96;
  private static final int FEW_FRAMES = 32;
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final StackFormat FRAMES = new StackFormat(MAX_FRAMES);
  private static final StackFormat INNERMOST = new StackFormat(FEW_FRAMES);

  private CallStack() {}

  /** Takes only the innermost frames, in a fraction of the time. */
  public static StackTraceElement[] takeInnermost() {
    return StackFormat.elements(WALKER.walk(INNERMOST), FEW_FRAMES);
  }

  static StackTraceElement[] take() {
    return StackFormat.elements(WALKER.walk(FRAMES), MAX_FRAMES);
  }
}
