package whorl.agent.hook.code;

import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.event.RequestContext;
import whorl.evidence.Digest;

/**
 * How a class was generated at run time.
 *
 * @param className such as {@code com.example.Foo}; several classes may share it
 * @param loader the defining loader, which this does not keep alive; null for the boot loader
 * @param origin one of {@code loader}, {@code reflection}, {@code lookup}, {@code hidden}, {@code
 *     unsafe}, {@code proxy}, {@code agent}
 * @param generator the known library that generated it; null if unknown
 * @param sha256 digest of the bytes as they were passed to the JVM
 * @param epochMillis time of the definition, by this JVM's clock
 * @param request the request on whose thread it was defined
 * @param stack of the defining thread, innermost frame first, bounded
 */
public record GeneratedClass(
    String className,
    @Nullable WeakReference<ClassLoader> loader,
    String origin,
    @Nullable String generator,
    Digest sha256,
    int size,
    boolean hidden,
    long epochMillis,
    @Nullable RequestContext request,
    List<StackTraceElement> stack) {

  /** True if this describes that class: same name, same loader. */
  public boolean isOf(Class<?> type) {
    ClassLoader typeLoader = ClassFacts.loader(type);
    return className.equals(type.getName())
        && (loader == null ? typeLoader == null : typeLoader != null && loader.get() == typeLoader);
  }

  /** True if the generator is unknown. */
  public boolean suspicious() {
    return generator == null;
  }
}
