package whorl.agent.hook.code;

import java.security.CodeSource;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.EventType;

/**
 * Every class that is loaded, a line each; and of those that were made at run time, the bytes. A
 * class was made at run time when its loader does not say where it came from, or when something
 * else than a class loader defined it.
 */
public final class ClassObserver {
  private static final String LOADER = "loader";

  private final EventSink sink;
  private final MadeClasses made;

  public ClassObserver(EventSink sink, MadeClasses made) {
    this.sink = sink;
    this.made = made;
  }

  /**
   * A class is being defined on this thread.
   *
   * @param name internal, with slashes
   */
  public void loaded(
      @Nullable ClassLoader loader, String name, @Nullable ProtectionDomain domain, byte[] bytes) {
    String className = name.replace('/', '.');
    String codeSource = codeSource(domain);
    if (loader == null && EventWriting.isUnderWay()) {
      sink.emitPastRecording(EventType.CLASS_LOAD, className, Loaders.text(loader), codeSource);
      return;
    }
    sink.emit(EventType.CLASS_LOAD, className, Loaders.text(loader), codeSource);
    if (loader == null || loader == ClassLoader.getPlatformClassLoader()) {
      return;
    }
    String origin = DefinitionOrigin.here();
    if (!origin.equals(DefinitionOrigin.ORDINARY)) {
      made.defined(className, loader, origin, bytes, false);
    } else if (codeSource == null && !isReflectionAccessor(loader)) {
      made.defined(className, loader, LOADER, bytes, false);
    }
  }

  private static boolean isReflectionAccessor(ClassLoader loader) {
    return loader.getClass().getName().equals("jdk.internal.reflect.DelegatingClassLoader");
  }

  private static @Nullable String codeSource(@Nullable ProtectionDomain domain) {
    CodeSource source = domain == null ? null : domain.getCodeSource();
    return source == null || source.getLocation() == null ? null : source.getLocation().toString();
  }
}
