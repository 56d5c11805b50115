package whorl.architecture.sample.below;

/** Uses nothing. */
public record Below() {}
