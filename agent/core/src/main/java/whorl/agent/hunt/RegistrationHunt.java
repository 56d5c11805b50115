package whorl.agent.hunt;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.CodeSources;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.registration.LateRegistrations.Observed;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntQuestion.OfRegistration;
import whorl.evidence.channel.HuntRow;

/** Which components of this kind, or of this class, do the servers and threads of the JVM call? */
public final class RegistrationHunt implements HuntKind {
  private static final long WALK_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final LongFunction<LiveRegistrations.Found> walk;
  private final Supplier<List<Observed>> late;
  private final Supplier<List<GeneratedClass>> made;

  /**
   * @param walk reads all registrations within so many nanoseconds
   * @param late the registrations that were observed after the servers' start
   * @param made the classes that were made at run time, oldest first
   */
  public RegistrationHunt(
      LongFunction<LiveRegistrations.Found> walk,
      Supplier<List<Observed>> late,
      Supplier<List<GeneratedClass>> made) {
    this.walk = walk;
    this.late = late;
    this.made = made;
  }

  @Override
  public String name() {
    return HuntQuestion.REGISTRATION;
  }

  @Override
  public void look(HuntQuestion question, HuntWork work) {
    OfRegistration wanted = Objects.requireNonNull(question.registration(), "registration");
    String kind = wanted.kind() == null ? null : wanted.kind().strip();
    Glob type = wanted.type() == null ? null : new Glob(wanted.type().strip());
    // A walk counts as processor time: it hardly ever waits.
    LiveRegistrations.Found found =
        walk.apply(Math.min(WALK_MAX_NANOS, work.remainingProcessorNanos()));
    if (found.cut()) {
      work.cut("not all registrations could be read");
    }
    List<Observed> observed = late.get();
    MadeClasses known = new MadeClasses(made.get());
    for (Registered each : found.registered()) {
      if (!work.goesOn()) {
        return;
      }
      if ((kind == null || kind.equalsIgnoreCase(each.kind()))
          && (type == null || type.matches(each.type().getName()))) {
        found(each, observed, known.of(each.type()), work);
      }
    }
  }

  private static void found(
      Registered each, List<Observed> observed, @Nullable GeneratedClass of, HuntWork work) {
    if (!work.hasRoom()) {
      work.foundMore();
      return;
    }
    Observed seen = seen(each, observed);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", each.kind());
    fields.put("className", Cut.text(each.type().getName()));
    put(fields, "target", each.target());
    fields.put("container", Cut.text(each.container()));
    put(fields, "codeSource", CodeSources.text(each.type()));
    fields.put("registered", seen == null ? "at the server's start, or unobserved" : "later");
    if (of != null) {
      MadeClasses.describe(of, fields);
    }
    String request = MadeClasses.request(of);
    Instant at = MadeClasses.at(of);
    if (seen != null) {
      at = Instant.ofEpochMilli(seen.epochMillis());
      request = seen.request() == null ? request : Cut.text(seen.request().id());
    }
    work.found(
        new HuntRow(
            Cut.text(each.kind() + " " + each.type().getName()), at, null, null, request, fields));
  }

  private static @Nullable Observed seen(Registered each, List<Observed> observed) {
    for (int i = observed.size() - 1; i >= 0; i--) {
      Observed one = observed.get(i);
      if (one.kind().equals(each.kind()) && each.type().getName().equals(one.className())) {
        return one;
      }
    }
    return null;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, Cut.text(value));
    }
  }
}
