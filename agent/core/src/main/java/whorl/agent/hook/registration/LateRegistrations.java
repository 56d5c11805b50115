package whorl.agent.hook.registration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.event.RequestContext;

/** Registrations with a server after its start. */
public final class LateRegistrations {
  private static final int MAX = MemoryBudget.OF_THIS_JVM.entries(1024);

  /**
   * One registration.
   *
   * @param className null if unknown
   * @param request on whose thread it was made
   */
  public record Observed(
      String kind,
      @Nullable String className,
      @Nullable String target,
      long epochMillis,
      @Nullable RequestContext request) {}

  private final ConcurrentLinkedQueue<Observed> registrations = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();

  void add(Observed registration) {
    boolean added = false;
    try {
      added = size.incrementAndGet() <= MAX && registrations.add(registration);
    } finally {
      if (!added) { // also without memory for it
        size.decrementAndGet();
        dropped.incrementAndGet();
      }
    }
  }

  /** The kept registrations, oldest first. */
  public List<Observed> snapshot() {
    return new ArrayList<>(registrations);
  }

  /** The number of registrations beyond the limit. */
  public long dropped() {
    return dropped.get();
  }
}
