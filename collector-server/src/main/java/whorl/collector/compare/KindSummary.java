package whorl.collector.compare;

/**
 * How much of one kind differs.
 *
 * @param same things that both have alike
 * @param cut true if there are more things, or differences, than are compared and listed
 * @param unreadable lines of the artifacts that could not be read
 */
public record KindSummary(
    String kind, long added, long removed, long changed, long same, boolean cut, long unreadable) {}
