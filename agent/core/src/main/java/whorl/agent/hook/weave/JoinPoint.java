package whorl.agent.hook.weave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One method to weave.
 *
 * @param owner the class's internal name
 * @param descriptorStart the beginning of the descriptor, such as {@code (Ljava/lang/String;}, so
 *     that it still matches when a JDK adds a parameter
 * @param payload what the holder class is called with
 * @param optional true if versions of the class without the method are supported as well
 * @param call the call within the method; null for the method as a whole
 */
public record JoinPoint(
    String owner,
    String method,
    String descriptorStart,
    When when,
    Payload payload,
    List<Operand> operands,
    boolean optional,
    @Nullable Call call) {
  /**
   * A call of this method by the woven one.
   *
   * @param owner the internal name that the call names
   * @param descriptor the beginning of the descriptor, such as {@code ()}, so that it still matches
   *     where a JDK has another result
   */
  public record Call(String owner, String method, String descriptor) {
    boolean matches(String calledOwner, String name, String calledDescriptor) {
      return owner.equals(calledOwner)
          && method.equals(name)
          && calledDescriptor.startsWith(descriptor);
    }
  }

  /** When a visit is reported. */
  public enum When {
    ENTRY,
    RETURN,
    RETURN_OR_FAILURE,
    /** Before and after a call within the method; not after a call that fails. */
    AROUND_CALL
  }

  /** What a visit passes to the holder class. */
  public enum Payload {
    /** The operands, in an array, with the join point's number. */
    OPERANDS,
    /** The one operand, a Throwable, which the holder class checks first. */
    THROWN,
    /** The one operand, a task, and the join point's number, without an array. */
    TASK,
    /**
     * The operands unboxed, the first of them a FileDescriptor. If that is standard output or
     * error, the holder class passes them on in an array whose first element is true for standard
     * error.
     */
    CONSOLE
  }

  public static JoinPoint entry(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner,
        method,
        descriptorStart,
        When.ENTRY,
        Payload.OPERANDS,
        List.of(operands),
        false,
        null);
  }

  public static JoinPoint onReturn(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner,
        method,
        descriptorStart,
        When.RETURN,
        Payload.OPERANDS,
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
        Payload.OPERANDS,
        List.of(operands),
        false,
        null);
  }

  public static JoinPoint thrown(
      String owner, String method, String descriptorStart, When when, Operand thrown) {
    return new JoinPoint(
        owner, method, descriptorStart, when, Payload.THROWN, List.of(thrown), false, null);
  }

  /** Reports a task, as one object, without an array. */
  public static JoinPoint task(
      String owner, String method, String descriptorStart, When when, Operand task) {
    return new JoinPoint(
        owner, method, descriptorStart, when, Payload.TASK, List.of(task), false, null);
  }

  /**
   * Around a call without arguments within the method: reports the call's receiver with the join
   * point's number before the call, and null with the next number after it.
   */
  public static JoinPoint aroundCall(
      String owner, String method, String descriptorStart, Call call) {
    return new JoinPoint(
        owner, method, descriptorStart, When.AROUND_CALL, Payload.TASK, List.of(), false, call);
  }

  public static JoinPoint console(
      String owner, String method, String descriptorStart, Operand... operands) {
    return new JoinPoint(
        owner,
        method,
        descriptorStart,
        When.ENTRY,
        Payload.CONSOLE,
        List.of(operands),
        false,
        null);
  }

  /** The same join point, for a method that only some versions of the class have. */
  public JoinPoint asOptional() {
    return new JoinPoint(owner, method, descriptorStart, when, payload, operands, true, call);
  }

  boolean matches(String name, String descriptor) {
    return method.equals(name) && descriptor.startsWith(descriptorStart);
  }

  @Override
  public String toString() {
    return owner.replace('/', '.') + "." + method;
  }
}
