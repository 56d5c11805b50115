package whorl.agent.hook.registration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.hook.weave.Hook;
import whorl.event.RequestContext;

/**
 * Reports registrations with servers after their start or while a request is served: an ordinary
 * application has finished its registrations by then.
 */
public final class Registrations {
  /** The hooks' word in {@code hooks.disabled}. */
  static final String GROUP = "registration";

  private final EventSink sink;
  private final LiveRoots roots;
  private final LateRegistrations seen;

  public Registrations(EventSink sink, LiveRoots roots, LateRegistrations seen) {
    this.sink = sink;
    this.roots = roots;
    this.seen = seen;
  }

  /** One hook for each kind of server; hooks of absent servers cost nothing. */
  public List<Hook> hooks() {
    return List.of(
        new ServerStartHook(roots),
        new TomcatRegistrationHook(this),
        new JettyRegistrationHook(this),
        new UndertowRegistrationHook(this),
        new SpringRegistrationHook(this),
        new JdkServerRegistrationHook(this));
  }

  /** True if a registration with this root now is not part of an application's start. */
  boolean isLate(Kind kind, @Nullable Object root) {
    return inRequest() || (root != null && roots.isKnown(kind, root));
  }

  boolean inRequest() {
    return CurrentRequest.get() != null;
  }

  /** True if a server of that kind has started. */
  boolean anyStarted(Kind kind) {
    return roots.any(kind);
  }

  void report(String kind, @Nullable String className, @Nullable String target) {
    RequestContext request = CurrentRequest.get();
    long now = System.currentTimeMillis();
    seen.add(new LateRegistrations.Observed(kind, className, target, now, request));
    CodeReports.registered(sink, kind, className, target);
  }

  static @Nullable String className(@Nullable Object component) {
    return component == null
        ? null
        : component instanceof String name ? name : component.getClass().getName();
  }

  /** The name of a class object; null for any other value. */
  static @Nullable String typeName(@Nullable Object type) {
    return type instanceof Class<?> known ? known.getName() : null;
  }

  /** Only for text: any other class could be the application's. */
  static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  static @Nullable String joined(@Nullable Object values) {
    return values instanceof String[] texts ? String.join(" ", texts) : null;
  }
}
