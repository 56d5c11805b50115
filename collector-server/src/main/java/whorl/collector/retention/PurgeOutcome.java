package whorl.collector.retention;

import java.util.List;
import whorl.collector.cases.Hold;

/** What became of a wish to purge. */
sealed interface PurgeOutcome {
  /** It is evidence no longer. */
  record Purged() implements PurgeOutcome {}

  /** These keep it. */
  record Held(List<Hold> by) implements PurgeOutcome {}

  /** More of it is being received. */
  record UnderWay() implements PurgeOutcome {}

  /** Custody is in doubt, so that nobody knows whether it is held. */
  record InDoubt(String why) implements PurgeOutcome {}

  /** There is none. */
  record Unknown() implements PurgeOutcome {}
}
