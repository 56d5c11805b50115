package whorl.agent.hook.system;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Code that gets a handle of the JDK's native methods behind files, sockets, processes and classes,
 * by which it bypasses the hooks in front of them. A native method of a loaded class cannot be
 * woven, but reflection and method handles must look it up by name before they call it.
 */
public final class NativeCallHook implements Hook {
  private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";
  private static final String NAMED =
      "(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/invoke/MethodType;";
  private static final String METHOD = "(Ljava/lang/reflect/Method;";

  /** The word for a method handle in the event. */
  private static final String HANDLE = "method handle";

  private static final int FOUND_BY_NAME = 0;
  private static final int UNREFLECTED = 1;
  private static final int BOUND = 2;

  /** Classes whose members are all internal. */
  private static final Set<String> INTERNAL =
      Set.of(
          "sun.nio.fs.UnixNativeDispatcher",
          "sun.nio.ch.Net",
          "sun.nio.ch.UnixDomainSockets",
          "sun.nio.ch.UnixFileDispatcherImpl",
          "sun.nio.ch.FileDispatcherImpl",
          "sun.nio.ch.sctp.SctpNet",
          "sun.nio.ch.InheritedChannel",
          "java.io.UnixFileSystem",
          "java.lang.ProcessImpl",
          "java.net.Inet4AddressImpl",
          "java.net.Inet6AddressImpl");

  /** Classes whose native methods are internal; these have names that end with a number. */
  private static final Set<String> PUBLIC =
      Set.of(
          "java.io.FileInputStream",
          "java.io.FileOutputStream",
          "java.io.RandomAccessFile",
          "java.lang.ClassLoader",
          // these two call any method, so also one of the others
          "jdk.internal.reflect.NativeMethodAccessorImpl",
          "jdk.internal.reflect.DirectMethodHandleAccessor$NativeAccessor");

  /** Those of them by which files are opened and classes defined. */
  private static final Set<String> ENTRANCES =
      Set.of("open0", "defineClass0", "defineClass1", "defineClass2");

  private final EventSink sink;

  public NativeCallHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "file";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(FOUND_BY_NAME, entry(LOOKUP, "findVirtual", NAMED, argument(0), argument(1))),
        point(FOUND_BY_NAME, entry(LOOKUP, "findStatic", NAMED, argument(0), argument(1))),
        point(FOUND_BY_NAME, entry(LOOKUP, "findSpecial", NAMED, argument(0), argument(1))),
        point(
            BOUND,
            entry(
                LOOKUP,
                "bind",
                "(Ljava/lang/Object;Ljava/lang/String;Ljava/lang/invoke/MethodType;",
                argument(0),
                argument(1))),
        point(UNREFLECTED, entry(LOOKUP, "unreflect", METHOD, argument(0))),
        point(UNREFLECTED, entry(LOOKUP, "unreflectSpecial", METHOD, argument(0))),
        point(
            UNREFLECTED,
            entry(
                "jdk/internal/reflect/ReflectionFactory",
                "newMethodAccessor",
                METHOD,
                argument(0))));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    switch (at) {
      case FOUND_BY_NAME -> {
        if (values[0] instanceof Class<?> type && values[1] instanceof String name) {
          found(type, name);
        }
      }
      case BOUND -> {
        if (values[0] != null && values[1] instanceof String name) {
          found(values[0].getClass(), name);
        }
      }
      case UNREFLECTED -> {
        if (values[0] instanceof Method method) {
          lookedUp(method.getDeclaringClass(), method.getName(), "reflection");
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  /** A look-up also finds what a superclass declares, and so by the name of any subclass. */
  private void found(Class<?> type, String member) {
    lookedUp(type, member, HANDLE);
    for (Class<?> at = type.getSuperclass(); at != null; at = at.getSuperclass()) {
      if (!PUBLIC.contains(at.getName()) || ENTRANCES.contains(member)) {
        lookedUp(at, member, HANDLE);
      }
    }
  }

  private void lookedUp(Class<?> type, String member, String by) {
    // Only the boot loader's class: another class may have the same name.
    if (!ClassFacts.isOfBootLoader(type)) {
      return;
    }
    String name = type.getName();
    if (INTERNAL.contains(name) || (PUBLIC.contains(name) && endsWithNumber(member))) {
      EntryReports.memberLookedUp(sink, name, member, by);
    }
  }

  private static boolean endsWithNumber(String member) {
    char last = member.isEmpty() ? 'x' : member.charAt(member.length() - 1);
    return last >= '0' && last <= '9';
  }
}
