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
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.registration.SeenRegistrations;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;

/**
 * Finds what was put into a server's own tables, by reflection and past every method that a hook
 * could watch: a class that nobody known made for a request, and that a server or a thread runs
 * now. Such a find becomes the event that its registration would have been, of the request for
 * which the class was made. Servers are walked only while such classes are new, so that ordinary
 * applications pay for a comparison of two numbers. One agent thread's.
 */
public final class RegistrationWatch {
  /** Soon after a class was made the watch looks each time, and later now and then. */
  private static final long SOON_NANOS = 15_000_000_000L;

  private static final long LATE_NANOS = 600_000_000_000L;
  private static final long PAUSE_NANOS = 60_000_000_000L;

  /** An application whose unknown tools make classes all the time is not walked all the time. */
  private static final int SOON_LOOKS_MAX = 100;

  private static final int TOLD_MAX = 1_000;

  private final GeneratedClasses made;
  private final SeenRegistrations seen;
  private final Supplier<LiveRegistrations.Found> live;
  private final EventSink sink;
  private final LongSupplier nanos;
  private final Set<Key> told = new HashSet<>();
  private long known;
  private long newestNanos;
  private long lookedNanos;
  private int soonLooks;

  private record Key(String kind, String className, @Nullable String target) {}

  public RegistrationWatch(
      GeneratedClasses made, SeenRegistrations seen, LiveRegistrations live, EventSink sink) {
    this(made, seen, live::walk, sink, System::nanoTime);
  }

  RegistrationWatch(
      GeneratedClasses made,
      SeenRegistrations seen,
      Supplier<LiveRegistrations.Found> live,
      EventSink sink,
      LongSupplier nanos) {
    this.made = made;
    this.seen = seen;
    this.live = live;
    this.sink = sink;
    this.nanos = nanos;
  }

  /** Looks, when there is reason to. */
  public void look() {
    long now = nanos.getAsLong();
    long count = made.unknownForRequests();
    if (count != known) {
      known = count;
      newestNanos = now;
    }
    if (count > 0 && isDue(now)) {
      lookedNanos = now;
      find();
    }
  }

  private boolean isDue(long now) {
    long age = now - newestNanos;
    if (age <= SOON_NANOS && soonLooks < SOON_LOOKS_MAX) {
      soonLooks++;
      return true;
    }
    return age <= LATE_NANOS && now - lookedNanos >= PAUSE_NANOS;
  }

  private void find() {
    Map<String, List<GeneratedClass>> suspects =
        made.snapshot().stream()
            .filter(one -> one.suspicious() && one.request() != null)
            .collect(Collectors.groupingBy(GeneratedClass::className));
    if (suspects.isEmpty()) {
      return;
    }
    for (Registered one : live.get().registered()) {
      Class<?> type = Origins.answering(one.type());
      for (GeneratedClass suspect : suspects.getOrDefault(type.getName(), List.of())) {
        if (suspect.isOf(type)) {
          tell(one, suspect);
          break;
        }
      }
    }
  }

  private void tell(Registered one, GeneratedClass suspect) {
    String className = one.type().getName();
    if (told.size() >= TOLD_MAX
        || wasAnnounced(one.kind(), className)
        || !told.add(new Key(one.kind(), className, one.target()))) {
      return;
    }
    sink.emitLate(
        EventType.REGISTRATION,
        sink.epochNanos(),
        Thread.currentThread().getName(),
        suspect.stack().toArray(new StackTraceElement[0]),
        suspect.request(),
        new @Nullable Object[] {one.kind(), className, one.target()});
  }

  /** Whether a hook saw it. */
  private boolean wasAnnounced(String kind, String className) {
    for (SeenRegistrations.Seen announced : seen.snapshot()) {
      if (announced.kind().equals(kind) && Objects.equals(announced.className(), className)) {
        return true;
      }
    }
    return false;
  }
}
