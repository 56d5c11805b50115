package whorl.collector.store.triage;

import org.jspecify.annotations.Nullable;
import whorl.evidence.Level;

/** Levels as numbers in rows, so that they can be compared. */
final class Ranks {
  private Ranks() {}

  /** The level of a number from 1 to 5. */
  static Level level(int rank) {
    return Level.values()[rank - 1];
  }

  /** The level of a number from 1 to 5; null for 0. */
  static @Nullable Level levelOrNull(int rank) {
    return rank == 0 ? null : level(rank);
  }
}
