package whorl.agent.hook;

import java.util.List;

/**
 * One method that is woven.
 *
 * @param owner the class's internal name
 * @param descriptorStart how the descriptor begins, such as {@code (Ljava/lang/String;}, so that a
 *     parameter that a JDK adds does no harm
 */
record JoinPoint(
    String owner, String method, String descriptorStart, When when, List<Operand> operands) {
  /** Which visits are told. */
  enum When {
    ENTRY,
    RETURN,
    RETURN_OR_FAILURE
  }

  static JoinPoint entry(String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(owner, method, descriptorStart, When.ENTRY, List.of(operands));
  }

  static JoinPoint onReturn(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(owner, method, descriptorStart, When.RETURN, List.of(operands));
  }

  static JoinPoint always(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(owner, method, descriptorStart, When.RETURN_OR_FAILURE, List.of(operands));
  }

  boolean matches(String name, String descriptor) {
    return method.equals(name) && descriptor.startsWith(descriptorStart);
  }

  @Override
  public String toString() {
    return owner.replace('/', '.') + "." + method;
  }
}
