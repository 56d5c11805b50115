package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Names that are looked up through JNDI, before anything comes of it, and what a remote lookup then
 * led to: a class, a factory and where its code is said to be, or a failure.
 */
public final class JndiHook implements Hook {
  private static final String INITIAL = "javax/naming/InitialContext";
  private static final String STRING = "(Ljava/lang/String;)";
  private static final String NAME = "(Ljavax/naming/Name;)";
  private static final int BY_URL_CONTEXT = 2;
  private static final int ANSWER = 3;
  private static final int REFERENCE = 5;
  private static final int LDAP_ENTRY = 6;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final EventSink sink;
  private final Sightings sightings = new Sightings(WINDOW_NANOS);

  public JndiHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String word() {
    return "jndi";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        entry(INITIAL, "lookup", STRING, argument(0)),
        entry(INITIAL, "lookup", NAME, argument(0)),
        // A context for URLs that somebody has made without an initial one.
        entry("com/sun/jndi/toolkit/url/GenericURLContext", "lookup", STRING, argument(0)),
        always(INITIAL, "lookup", STRING, argument(0), RESULT, FAILURE),
        always(INITIAL, "lookup", NAME, argument(0), RESULT, FAILURE),
        entry(
            "javax/naming/spi/NamingManager",
            "getObjectInstance",
            "(Ljava/lang/Object;Ljavax/naming/Name;",
            argument(0)),
        entry(
            "com/sun/jndi/ldap/Obj",
            "decodeObject",
            "(Ljavax/naming/directory/Attributes;)",
            argument(0)));
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("jndi.repeated", sightings.repeated());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object told = values[0];
    if (told == null) {
      return;
    }
    switch (at) {
      case REFERENCE -> reference(JndiReference.of(told));
      case LDAP_ENTRY -> reference(JndiReference.ofEntry(told));
      case ANSWER, ANSWER + 1 -> answer(JndiReference.name(told), values[1], values[2]);
      default -> {
        if (at != BY_URL_CONTEXT || !JndiReference.insideInitialContext()) {
          sink.emit(EventType.JNDI_LOOKUP, JndiReference.name(told));
        }
      }
    }
  }

  private void answer(@Nullable String name, @Nullable Object result, @Nullable Object failure) {
    if (name == null || !isRemote(name)) {
      return;
    }
    JndiReference reference = result == null ? null : JndiReference.of(result);
    sink.emit(
        EventType.JNDI_ANSWER,
        name,
        result == null ? null : result.getClass().getName(),
        reference == null ? null : reference.factory(),
        reference == null ? null : reference.codebase(),
        failure instanceof Throwable thrown ? JndiReference.failure(thrown) : null);
  }

  /** On the way to an answer, an object is to be made of what came; containers do so as well. */
  private void reference(@Nullable JndiReference reference) {
    if (reference != null
        && sightings.before(RequestKey.of("reference"), reference.toString())
            != Sightings.NOT_AGAIN) {
      sink.emit(
          EventType.JNDI_ANSWER,
          null,
          reference.className(),
          reference.factory(),
          reference.codebase(),
          null);
    }
  }

  /** With the scheme of a URL that is not the application's own name space. */
  private static boolean isRemote(String name) {
    int colon = name.indexOf(':');
    if (colon < 2 || name.startsWith("java:")) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      if (!Character.isLetterOrDigit(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
