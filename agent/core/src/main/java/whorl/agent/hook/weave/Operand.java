package whorl.agent.hook.weave;

/** A value that a join point passes to its hook. */
public sealed interface Operand {
  /** The receiver. */
  record Self() implements Operand {}

  /** The parameter at this position, boxed. */
  record Argument(int index) implements Operand {}

  /** The method's result, boxed; null on entry and on failure. */
  record Result() implements Operand {}

  /** The method's exception; null on entry and on return. */
  record Failure() implements Operand {}

  /** A field of the receiver, declared by the woven class itself. */
  record SelfField(String name, String descriptor) implements Operand {}

  /**
   * A field of the receiver, declared by its superclass {@code type}. Weaving cannot check that the
   * field exists; see {@link Weaver#requireOtherFields}.
   */
  record InheritedField(String type, String name, String descriptor) implements Operand {}

  /** A field of the parameter at this position, which has the class {@code type}. */
  record ArgumentField(int index, String type, String name, String descriptor) implements Operand {}

  Operand SELF = new Self();
  Operand RESULT = new Result();
  Operand FAILURE = new Failure();

  static Operand argument(int index) {
    return new Argument(index);
  }
}
