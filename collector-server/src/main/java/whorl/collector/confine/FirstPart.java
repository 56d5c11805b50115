package whorl.collector.confine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The first part of a run's time, after which the run continues only if the caller agrees.
 *
 * @param time less than the whole time limit
 * @param goesOn called once when the time is over; true lets the run continue
 */
public record FirstPart(Duration time, BooleanSupplier goesOn) {}
