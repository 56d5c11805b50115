package whorl.agent.hook.weave;

import java.util.List;

/**
 * One method that is woven.
 *
 * @param owner the class's internal name
 * @param descriptorStart how the descriptor begins, such as {@code (Ljava/lang/String;}, so that a
 *     parameter that a JDK adds does no harm
 * @param tells what the holder class is called with
 * @param optional whether versions of the class that lack the method are as good
 */
public record JoinPoint(
    String owner,
    String method,
    String descriptorStart,
    When when,
    Tells tells,
    List<Operand> operands,
    boolean optional) {
  /** Which visits are told. */
  public enum When {
    ENTRY,
    RETURN,
    RETURN_OR_FAILURE
  }

  /** What a visit hands over. */
  public enum Tells {
    /** The operands, in an array, with the join point's number. */
    OPERANDS,
    /** The one operand, a Throwable, to which the holder class gives a look before anything. */
    THROWN,
    /**
     * The operands as they are, the first a FileDescriptor: the holder class passes them on when
     * that is standard output or error, in an array whose first element is whether it is the
     * latter.
     */
    CONSOLE
  }

  public static JoinPoint entry(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner, method, descriptorStart, When.ENTRY, Tells.OPERANDS, List.of(operands), false);
  }

  public static JoinPoint onReturn(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner, method, descriptorStart, When.RETURN, Tells.OPERANDS, List.of(operands), false);
  }

  public static JoinPoint always(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner,
        method,
        descriptorStart,
        When.RETURN_OR_FAILURE,
        Tells.OPERANDS,
        List.of(operands),
        false);
  }

  public static JoinPoint thrown(
      String owner, String method, String descriptorStart, When when, Operand thrown) {
    return new JoinPoint(
        owner, method, descriptorStart, when, Tells.THROWN, List.of(thrown), false);
  }

  public static JoinPoint console(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner, method, descriptorStart, When.ENTRY, Tells.CONSOLE, List.of(operands), false);
  }

  /** The same, of a class that has it in some versions only. */
  public JoinPoint whereThere() {
    return new JoinPoint(owner, method, descriptorStart, when, tells, operands, true);
  }

  boolean matches(String name, String descriptor) {
    return method.equals(name) && descriptor.startsWith(descriptorStart);
  }

  @Override
  public String toString() {
    return owner.replace('/', '.') + "." + method;
  }
}
