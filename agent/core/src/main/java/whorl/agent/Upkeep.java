package whorl.agent;

import whorl.agent.event.EpochClock;
import whorl.agent.hook.code.MadeClasses;

/** The little that has to be done every second, on one thread. */
final class Upkeep {
  private static final long PERIOD_MILLIS = 1_000;
  private static final int ROUNDS_PER_REFRESH = 60;

  private Upkeep() {}

  static void start(EpochClock clock, MadeClasses made, Status status) {
    Runnable work =
        () -> {
          try {
            for (int round = 0; ; round++) {
              round(round, clock, made, status);
              Thread.sleep(PERIOD_MILLIS);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    new AgentThreads("upkeep").newThread(work).start();
  }

  private static void round(int round, EpochClock clock, MadeClasses made, Status status) {
    try {
      if (round % ROUNDS_PER_REFRESH == 0) {
        status.refresh();
      }
      clock.adjust();
      made.settle();
    } catch (OutOfMemoryError noRoom) {
      // The next round does it.
    }
  }
}
