package whorl.agent.attach;

/**
 * Why the agent cannot be loaded into a JVM, and what to do about it. Expected: it is the answer to
 * a person, not a bug.
 */
class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final String remedy;

  /**
   * @param reason what stands in the way, without a full stop
   * @param remedy what a person can do, as an instruction
   */
  Refusal(String reason, String remedy) {
    super(reason, null, false, false);
    this.remedy = remedy;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  String remedy() {
    return remedy;
  }
}
