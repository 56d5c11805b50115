package whorl.agent.capture;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names class loaders without running a line of theirs: {@code getName} and {@code toString} may be
 * an application's (or an intruder's) own, so the name is read from the field behind them, which
 * needs {@code java.lang} to be open; where it is not, class and identity remain.
 */
final class LoaderNames {
  private static final int CHAIN_MAX = 32;

  private final @Nullable MethodHandle name;

  /** By identity: a loader's own equals is not to be called either. */
  private final Map<ClassLoader, List<String>> chains = new IdentityHashMap<>();

  LoaderNames(PackageOpener opener) {
    this.name = nameGetter(opener);
  }

  /** Whether names can be read. */
  boolean readable() {
    return name != null;
  }

  /** Such as {@code app:jdk.internal.loader.ClassLoaders$AppClassLoader@4e0e2f2a}. */
  String of(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "boot";
    }
    String id =
        loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
    String given = given(loader);
    return given == null ? id : given + ":" + id;
  }

  /** The loader and its parents, the boot loader left out. Made once, for all its classes. */
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

  private @Nullable String given(ClassLoader loader) {
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
