package whorl.agent.hook.weave;

/**
 * Weaving would make a method longer than HotSpot's {@code HugeMethodLimit}, so that it would never
 * be compiled.
 */
final class TooLongToCompile extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** In bytes of bytecode; see globals.hpp. */
  static final int LIMIT = 8000;

  private final transient MethodShape method;

  TooLongToCompile(MethodShape method) {
    super(null, null, false, false);
    this.method = method;
  }

  MethodShape method() {
    return method;
  }
}
