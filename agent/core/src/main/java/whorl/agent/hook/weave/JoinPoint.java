package whorl.agent.hook.weave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One method that is woven.
 *
 * @param owner the class's internal name
 * @param descriptorStart how the descriptor begins, such as {@code (Ljava/lang/String;}, so that a
 *     parameter that a JDK adds does no harm
 * @param tells what the holder class is called with
 * @param optional whether versions of the class that lack the method are as good
 * @param call the call within the method that is meant; null: the method as a whole
 */
public record JoinPoint(
    String owner,
    String method,
    String descriptorStart,
    When when,
    Tells tells,
    List<Operand> operands,
    boolean optional,
    @Nullable Call call) {
  /**
   * A call of this method by the woven one.
   *
   * @param owner as the call names it: an internal name
   */
  public record Call(String owner, String method, String descriptor) {
    boolean matches(String calledOwner, String name, String calledDescriptor) {
      return owner.equals(calledOwner)
          && method.equals(name)
          && descriptor.equals(calledDescriptor);
    }
  }

  /** Which visits are told. */
  public enum When {
    ENTRY,
    RETURN,
    RETURN_OR_FAILURE,
    /** Before and after a call within the method; not after one that fails. */
    AROUND_CALL
  }

  /** What a visit hands over. */
  public enum Tells {
    /** The operands, in an array, with the join point's number. */
    OPERANDS,
    /** The one operand, a Throwable, to which the holder class gives a look before anything. */
    THROWN,
    /** The one operand, a task, and the join point's number, without an array. */
    TASK,
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
        owner, method, descriptorStart, When.ENTRY, Tells.OPERANDS, List.of(operands), false, null);
  }

  public static JoinPoint onReturn(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner,
        method,
        descriptorStart,
        When.RETURN,
        Tells.OPERANDS,
        List.of(operands),
        false,
        null);
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
        false,
        null);
  }

  public static JoinPoint thrown(
      String owner, String method, String descriptorStart, When when, Operand thrown) {
    return new JoinPoint(
        owner, method, descriptorStart, when, Tells.THROWN, List.of(thrown), false, null);
  }

  /** A task, as one object, without an array. */
  public static JoinPoint task(
      String owner, String method, String descriptorStart, When when, Operand task) {
    return new JoinPoint(
        owner, method, descriptorStart, when, Tells.TASK, List.of(task), false, null);
  }

  /**
   * Around a call within the method: the receiver of the call, which has no arguments, with the
   * join point's number before it, and null with the next number after it.
   */
  public static JoinPoint aroundCall(
      String owner, String method, String descriptorStart, Call call) {
    return new JoinPoint(
        owner, method, descriptorStart, When.AROUND_CALL, Tells.TASK, List.of(), false, call);
  }

  public static JoinPoint console(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner, method, descriptorStart, When.ENTRY, Tells.CONSOLE, List.of(operands), false, null);
  }

  /** The same, of a class that has it in some versions only. */
  public JoinPoint whereThere() {
    return new JoinPoint(owner, method, descriptorStart, when, tells, operands, true, call);
  }

  boolean matches(String name, String descriptor) {
    return method.equals(name) && descriptor.startsWith(descriptorStart);
  }

  @Override
  public String toString() {
    return owner.replace('/', '.') + "." + method;
  }
}
