package whorl.agent.library;

import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.CodeSources;
import whorl.agent.classes.ClassPlace;
import whorl.agent.hook.weave.ClassFacts;
import whorl.evidence.library.LoadedMarks;

/**
 * Where the loaded classes came from, and by which kind of loader. It looks at the objects of the
 * JDK only: no method of a class loader or security manager of the application is called. For one
 * thread.
 */
final class LoadedPlaces {
  /** More domains than any application has for its jars. */
  private static final int DOMAINS_MAX = 20_000;

  static final String IMAGE = "jrt:/";

  private final Supplier<Class<?>[]> loaded;
  private final ClassLoader system = ClassLoader.getSystemClassLoader();
  private final ClassLoader platform = ClassLoader.getPlatformClassLoader();

  /**
   * @param loaded as {@code Instrumentation.getAllLoadedClasses}
   */
  LoadedPlaces(Supplier<Class<?>[]> loaded) {
    this.loaded = loaded;
  }

  /** Returns the mark of {@link LoadedMarks} for each place that a loaded class came from. */
  Map<String, Character> look() {
    Map<String, Character> places = new HashMap<>();
    Set<ProtectionDomain> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Module> modules = new HashSet<>();
    for (Class<?> type : loaded.get()) {
      if (type.isArray() || type.isPrimitive()) {
        continue;
      }
      if (modules.add(type.getModule()) && isOfImage(type.getModule())) {
        places.putIfAbsent(IMAGE + type.getModule().getName(), mark(ClassFacts.loader(type)));
      }
      ProtectionDomain domain = ClassFacts.domain(type);
      if (domain != null && known.size() < DOMAINS_MAX && known.add(domain)) {
        String place = place(CodeSources.text(domain));
        if (place != null) {
          places.putIfAbsent(place, mark(ClassFacts.loader(type)));
          // A folder or jar within it: the file itself has it too.
          int within = place.indexOf("!/");
          if (within > 0) {
            places.putIfAbsent(place.substring(0, within), mark(ClassFacts.loader(type)));
          }
        }
      }
    }
    return places;
  }

  private static boolean isOfImage(Module module) {
    return module.isNamed() && module.getLayer() == ModuleLayer.boot();
  }

  private char mark(@Nullable ClassLoader loader) {
    return loader == null
        ? LoadedMarks.BOOT
        : loader == platform
            ? LoadedMarks.PLATFORM
            : loader == system ? LoadedMarks.APP : LoadedMarks.OTHER;
  }

  /** Returns {@code /app.jar} or {@code /app.jar!/lib/x.jar}; null if it is no file. */
  static @Nullable String place(@Nullable String codeSource) {
    ClassPlace place = ClassPlace.of(codeSource);
    if (place == null) {
      return null;
    }
    String outer = place.outer().toAbsolutePath().normalize().toString();
    return place.innerJar() == null ? outer : outer + "!/" + place.innerJar();
  }
}
