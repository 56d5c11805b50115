package whorl.collector.retention;

import java.time.Instant;
import java.util.List;
import whorl.collector.cases.Hold;

/** The result of a purge request. */
sealed interface PurgeOutcome {
  /** The evidence is purged. */
  record Purged() implements PurgeOutcome {}

  /** The evidence is on hold. */
  record Held(List<Hold> by) implements PurgeOutcome {}

  /** A lock of the object store keeps the evidence until then. */
  record Locked(Instant until) implements PurgeOutcome {}

  /** The evidence is still being received. */
  record UnderWay() implements PurgeOutcome {}

  /** Custody is in doubt, so holds may be missing. */
  record InDoubt(String why) implements PurgeOutcome {}

  /** There is no such evidence. */
  record Unknown() implements PurgeOutcome {}
}
