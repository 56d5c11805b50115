package whorl.agent.rule;

/**
 * What became of one rule since it was armed.
 *
 * @param matched events it fired for
 * @param suppressed of these, those without an alert, for there were too many within a second
 * @param failed times it threw
 * @param regexGivenUp searches that took too long and counted as no match
 * @param disabled whether it threw so often that it is asked no more
 */
public record RuleCount(
    String id,
    String title,
    long matched,
    long suppressed,
    long failed,
    long regexGivenUp,
    boolean disabled) {}
