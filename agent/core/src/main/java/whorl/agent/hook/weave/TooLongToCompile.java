package whorl.agent.hook.weave;

/**
 * A method would pass HotSpot's {@code HugeMethodLimit} by what is woven into it: it would be
 * interpreted for ever.
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
