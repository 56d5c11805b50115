package whorl.rules.engine;

/**
 * The counts of one rule since it was armed.
 *
 * @param matched events that it matched
 * @param suppressed matches without an alert because of the limit per second
 * @param failed times that it threw
 * @param regexGivenUp searches that took too long and counted as no match
 * @param disabled true if it threw so often that it was disabled
 */
public record RuleCount(
    String id,
    String title,
    long matched,
    long suppressed,
    long failed,
    long regexGivenUp,
    boolean disabled) {}
