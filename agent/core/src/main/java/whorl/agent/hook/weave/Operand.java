package whorl.agent.hook.weave;

/** What a join point hands over. */
public sealed interface Operand {
  /** The receiver. */
  record Self() implements Operand {}

  /** The parameter at this position, boxed. */
  record Argument(int index) implements Operand {}

  /** What the method returns, boxed; null on entry and on failure. */
  record Result() implements Operand {}

  /** What the method throws; null on entry and on return. */
  record Failure() implements Operand {}

  /** A field of the receiver, which the woven class declares itself. */
  record SelfField(String name, String descriptor) implements Operand {}

  /**
   * A field of the receiver that its superclass {@code type} declares. Whether it does is not known
   * when the class is woven; see {@link Weaver#requireOtherFields}.
   */
  record InheritedField(String type, String name, String descriptor) implements Operand {}

  /**
   * A field, declared in {@code owner}, of the parameter at this position, which is a {@code type}.
   */
  record ArgumentField(int index, String type, String name, String descriptor) implements Operand {}

  Operand SELF = new Self();
  Operand RESULT = new Result();
  Operand FAILURE = new Failure();

  static Operand argument(int index) {
    return new Argument(index);
  }
}
