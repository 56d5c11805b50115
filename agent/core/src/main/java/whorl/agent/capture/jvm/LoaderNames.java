package whorl.agent.capture.jvm;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names class loaders without running their code: {@code getName} and {@code toString} may be
 * overridden by the application or an intruder. So the name is read from the field, which needs
 * {@code java.lang} to be open; otherwise only class and identity are used.
 */
public final class LoaderNames {
  private static final int CHAIN_MAX = 32;

  private final @Nullable MethodHandle name;

  /** By identity: a loader's own equals must not be called either. */
  private final Map<ClassLoader, List<String>> chains = new IdentityHashMap<>();

  public LoaderNames(PackageOpener opener) {
    this.name = nameGetter(opener);
  }

  /** True if names can be read. */
  boolean readable() {
    return name != null;
  }

  /** Returns for example {@code app:jdk.internal.loader.ClassLoaders$AppClassLoader@4e0e2f2a}. */
  public String of(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "boot";
    }
    String id =
        loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
    String nameField = nameField(loader);
    return nameField == null ? id : nameField + ":" + id;
  }

  /** Returns the loader and its parents without the boot loader, computed once per loader. */
  List<String> chain(@Nullable ClassLoader loader) {
    return loader == null ? List.of() : chains.computeIfAbsent(loader, this::newChain);
  }

  private List<String> newChain(ClassLoader loader) {
    List<String> chain = new ArrayList<>();
    for (ClassLoader at = loader; at != null && chain.size() < CHAIN_MAX; at = at.getParent()) {
      chain.add(of(at));
    }
    return chain;
  }

  private @Nullable String nameField(ClassLoader loader) {
    if (name == null) {
      return null;
    }
    try {
      return (String) name.invoke(loader);
    } catch (Throwable e) {
      throw new IllegalStateException("the name field of ClassLoader cannot be read", e);
    }
  }

  private static @Nullable MethodHandle nameGetter(PackageOpener opener) {
    try {
      opener.open("java.base", "java.lang");
      return MethodHandles.privateLookupIn(ClassLoader.class, MethodHandles.lookup())
          .findGetter(ClassLoader.class, "name", String.class);
    } catch (ReflectiveOperationException | RuntimeException closed) {
      return null;
    }
  }
}
