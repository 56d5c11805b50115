package whorl.collector.confine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The first part of a run's time, after which it goes on only where somebody agrees.
 *
 * @param time less than the whole
 * @param goesOn asked once, when it is over
 */
public record FirstPart(Duration time, BooleanSupplier goesOn) {}
