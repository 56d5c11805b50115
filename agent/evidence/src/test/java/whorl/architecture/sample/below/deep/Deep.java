package whorl.architecture.sample.below.deep;

/** Uses nothing, in a package below another. */
public record Deep() {}
