package whorl.agent.hook;

import java.util.concurrent.atomic.AtomicLong;

/** What failed in our own code where nobody may feel it: counted, and the first remembered. */
final class Failures {
  private final AtomicLong count = new AtomicLong();
  private volatile String first = "";

  void add(Throwable failure) {
    if (count.getAndIncrement() == 0) {
      first = failure.toString();
    }
  }

  long count() {
    return count.get();
  }

  /** Empty while there is none. */
  String first() {
    return first;
  }
}
