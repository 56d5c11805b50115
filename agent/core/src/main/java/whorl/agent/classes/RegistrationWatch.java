package whorl.agent.classes;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventContext;
import whorl.agent.event.EventSink;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.registration.LateRegistrations;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;

/**
 * Finds components that were put into a server's own tables by reflection, past every method that a
 * hook observes: a class that an unknown generator made during a request, and that a server or a
 * thread now runs. It is emitted as a registration event of the request that made the class.
 * Servers are walked only while such classes are new; otherwise a check is a comparison of two
 * numbers. Used by one agent thread.
 */
public final class RegistrationWatch {
  /** Each check walks soon after a class was made; later only occasional ones do. */
  private static final long SOON_NANOS = 15_000_000_000L;

  private static final long LATE_NANOS = 600_000_000_000L;
  private static final long PAUSE_NANOS = 60_000_000_000L;

  /** Limits the walks of an application whose unknown tools generate classes all the time. */
  private static final int SOON_WALKS_MAX = 100;

  private static final int EMITTED_MAX = 1_000;

  private final GeneratedClasses made;
  private final LateRegistrations seen;
  private final Supplier<LiveRegistrations.Found> live;
  private final EventSink sink;
  private final LongSupplier nanos;
  private final Set<Key> emitted = new HashSet<>();
  private long known;
  private long newestNanos;
  private long walkedNanos;
  private int soonWalks;

  private record Key(String kind, String className, @Nullable String target) {}

  public RegistrationWatch(
      GeneratedClasses made, LateRegistrations seen, LiveRegistrations live, EventSink sink) {
    this(made, seen, live::walk, sink, System::nanoTime);
  }

  RegistrationWatch(
      GeneratedClasses made,
      LateRegistrations seen,
      Supplier<LiveRegistrations.Found> live,
      EventSink sink,
      LongSupplier nanos) {
    this.made = made;
    this.seen = seen;
    this.live = live;
    this.sink = sink;
    this.nanos = nanos;
  }

  /** Walks the servers if there is a reason to. */
  public void check() {
    long now = nanos.getAsLong();
    long count = made.unknownForRequests();
    if (count != known) {
      known = count;
      newestNanos = now;
    }
    if (count > 0 && isDue(now)) {
      walkedNanos = now;
      find();
    }
  }

  private boolean isDue(long now) {
    long age = now - newestNanos;
    if (age <= SOON_NANOS && soonWalks < SOON_WALKS_MAX) {
      soonWalks++;
      return true;
    }
    return age <= LATE_NANOS && now - walkedNanos >= PAUSE_NANOS;
  }

  private void find() {
    Map<String, List<GeneratedClass>> suspects =
        made.snapshot().stream()
            .filter(generated -> generated.suspicious() && generated.request() != null)
            .collect(Collectors.groupingBy(GeneratedClass::className));
    if (suspects.isEmpty()) {
      return;
    }
    for (Registered component : live.get().registered()) {
      Class<?> type = Origins.answeringClass(component.type());
      for (GeneratedClass suspect : suspects.getOrDefault(type.getName(), List.of())) {
        if (suspect.isOf(type)) {
          emit(component, suspect);
          break;
        }
      }
    }
  }

  private void emit(Registered component, GeneratedClass suspect) {
    String className = component.type().getName();
    if (emitted.size() >= EMITTED_MAX
        || wasObserved(component.kind(), className)
        || !emitted.add(new Key(component.kind(), className, component.target()))) {
      return;
    }
    EventContext definition =
        EventContext.of(
            sink.epochNanos(),
            Thread.currentThread().getName(),
            suspect.stack(),
            suspect.request());
    CodeReports.registeredEarlier(
        sink, definition, component.kind(), className, component.target());
  }

  /** True if a hook already observed it. */
  private boolean wasObserved(String kind, String className) {
    for (LateRegistrations.Observed observed : seen.snapshot()) {
      if (observed.kind().equals(kind) && Objects.equals(observed.className(), className)) {
        return true;
      }
    }
    return false;
  }
}
