package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.always;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.FAILURE;
import static whorl.agent.hook.weave.Operand.RESULT;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Names that are looked up through JNDI, before there is a result, and the result of a remote
 * lookup: a class, a factory and its codebase, or a failure.
 */
public final class JndiHook implements Hook {
  /** A name is looked up. */
  private static final int LOOKUP = 0;

  /** A name is passed to another operation: relevant if it refers to another host. */
  private static final int OPERATION = 1;

  /** The same for a context of URLs, which can be used without an initial context. */
  private static final int URL_CONTEXT = 2;

  /** A registry of remote objects is queried, by host and port. */
  private static final int REGISTRY = 3;

  private static final int ANSWER = 4;
  private static final int REFERENCE = 5;
  private static final int LDAP_ENTRY = 6;

  private static final String INITIAL = "javax/naming/InitialContext";
  private static final String INITIAL_DIR = "javax/naming/directory/InitialDirContext";
  private static final String STRING = "(Ljava/lang/String;)";
  private static final String NAME = "(Ljavax/naming/Name;)";
  private static final String STRING_FIRST = "(Ljava/lang/String;";
  private static final String GENERIC = "com/sun/jndi/toolkit/url/Generic";
  private static final long WINDOW_NANOS = 10_000_000_000L;

  /** A longer name is not remembered: each thread of a pool would hold one. */
  private static final int REMEMBERED_MAX_CHARS = 1_024;

  private final EventSink sink;
  private final RepeatFilter repeatFilter = new RepeatFilter(WINDOW_NANOS);
  private final ThreadLocal<@Nullable String> lastReported = new ThreadLocal<>();
  private final List<HookPoint> points = new ArrayList<>();

  public JndiHook(EventSink sink) {
    this.sink = sink;
    add(LOOKUP, entry(INITIAL, "lookup", STRING, argument(0)));
    add(LOOKUP, entry(INITIAL, "lookup", NAME, argument(0)));
    // All other operations with a name call these methods.
    add(OPERATION, entry(INITIAL, "getURLOrDefaultInitCtx", STRING, argument(0)));
    add(OPERATION, entry(INITIAL, "getURLOrDefaultInitCtx", NAME, argument(0)));
    add(OPERATION, entry(INITIAL_DIR, "getURLOrDefaultInitDirCtx", STRING, argument(0)));
    add(OPERATION, entry(INITIAL_DIR, "getURLOrDefaultInitDirCtx", NAME, argument(0)));
    for (String context : new String[] {"URLContext", "URLDirContext"}) {
      for (String method :
          new String[] {
            "lookup", "lookupLink", "list", "listBindings", "search", "getAttributes"
          }) {
        add(URL_CONTEXT, entry(GENERIC + context, method, STRING_FIRST, argument(0)));
      }
    }
    // java.naming.provider.url
    add(
        URL_CONTEXT,
        entry("com/sun/jndi/ldap/LdapCtxFactory", "getUsingURL", STRING_FIRST, argument(0)));
    add(
        REGISTRY,
        entry(
            "java/rmi/registry/LocateRegistry",
            "getRegistry",
            "(Ljava/lang/String;ILjava/rmi/server/RMIClientSocketFactory;)",
            argument(0),
            argument(1)));
    add(ANSWER, always(INITIAL, "lookup", STRING, argument(0), RESULT, FAILURE));
    add(ANSWER, always(INITIAL, "lookup", NAME, argument(0), RESULT, FAILURE));
    for (String manager :
        new String[] {
          "javax/naming/spi/NamingManager",
          // The JDK's own contexts call it directly, in 20 and newer and in updates of 17.
          "com/sun/naming/internal/NamingManagerHelper"
        }) {
      add(
          REFERENCE,
          entry(
              manager, "getObjectInstance", "(Ljava/lang/Object;Ljavax/naming/Name;", argument(0)));
    }
    add(
        LDAP_ENTRY,
        entry(
            "com/sun/jndi/ldap/Obj",
            "decodeObject",
            "(Ljavax/naming/directory/Attributes;)",
            argument(0)));
  }

  @Override
  public String group() {
    return "jndi";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.copyOf(points);
  }

  @Override
  public Map<String, List<String>> packagesRead() {
    return Map.of("java.naming", List.of("javax.naming"));
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("jndi.repeated", repeatFilter.repeated());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object value = values[0];
    if (value == null) {
      return;
    }
    switch (at) {
      case REFERENCE -> reference(JndiReference.of(value));
      case LDAP_ENTRY -> reference(JndiReference.ofEntry(value));
      case ANSWER -> answer(JndiReference.name(value), values[1], values[2]);
      case LOOKUP -> lookup(value);
      case OPERATION -> operation(JndiReference.name(value));
      case REGISTRY -> registry(value, values[1]);
      case URL_CONTEXT -> {
        if (value instanceof String name && isRemote(name) && isNew(name)) {
          EntryReports.jndiLookedUp(sink, name);
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  private void lookup(Object value) {
    String name = JndiReference.name(value);
    if (name == null) {
      // A name class of the application: the context for its URL reports it.
      return;
    }
    isNew(name);
    EntryReports.jndiLookedUp(sink, name);
  }

  /** A look-up passes here as well, after it was reported. */
  private void operation(@Nullable String name) {
    if (name != null && isRemote(name) && isNew(name)) {
      EntryReports.jndiLookedUp(sink, name);
    }
  }

  private void registry(@Nullable Object host, @Nullable Object port) {
    // Without a host it is this machine's own registry, which servers check for at their start.
    if (host instanceof String place
        && !place.isEmpty()
        && !place.equals("localhost")
        && !JndiReference.isInsideLookup()) {
      String number = String.valueOf(port);
      EntryReports.jndiLookedUp(sink, "rmi://" + place + ":" + number);
    }
  }

  private void answer(@Nullable String name, @Nullable Object result, @Nullable Object failure) {
    if (name == null || !isRemote(name)) {
      return;
    }
    JndiReference reference = result == null ? null : JndiReference.of(result);
    EntryReports.jndiAnswered(
        sink,
        name,
        result == null ? null : result.getClass().getName(),
        reference == null ? null : reference.factory(),
        reference == null ? null : reference.codebase(),
        failure instanceof Throwable thrown ? JndiReference.failure(thrown) : null);
  }

  /**
   * An object is to be created from a reference before there is an answer; containers do so as
   * well.
   */
  private void reference(@Nullable JndiReference reference) {
    if (reference != null
        && repeatFilter.admit(RequestKey.of("reference"), reference.toString())
            != RepeatFilter.SUPPRESSED) {
      EntryReports.jndiAnswered(
          sink, null, reference.className(), reference.factory(), reference.codebase(), null);
    }
  }

  /**
   * True if this thread has not just reported the name: one look-up passes several of these
   * methods.
   */
  private boolean isNew(String name) {
    String last = lastReported.get();
    String key = name.length() <= REMEMBERED_MAX_CHARS ? RequestKey.of(name) : null;
    lastReported.set(key);
    return key == null || !key.equals(last);
  }

  private void add(int id, JoinPoint joinPoint) {
    points.add(point(id, joinPoint.asOptional()));
  }

  /** True for the scheme of a URL outside the application's own name space. */
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
