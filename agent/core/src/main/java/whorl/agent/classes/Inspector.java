package whorl.agent.classes;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.ClassInspection;
import whorl.agent.capture.GeneratedClassFiles;
import whorl.agent.capture.NamedClasses;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.code.Redefinitions;
import whorl.agent.hook.code.Redefinitions.Redefinition;
import whorl.agent.hook.registration.SeenRegistrations;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;

/**
 * Looks closely at what of the loaded classes is worth it: what was made at run time, what servers
 * and threads call, and what somebody had changed.
 */
public final class Inspector implements GeneratedClassFiles {
  private static final int COMPARED_MAX = 200;
  private static final int NAMED_MAX = 64;

  private final GeneratedClasses made;
  private final Redefinitions redefinitions;
  private final SeenRegistrations seen;
  private final LiveRegistrations live;
  private final CurrentBytes current;
  private final Weaving weaving;

  /** Our own weaving, which is no difference. */
  @FunctionalInterface
  public interface Weaving {
    /** The class file with it. */
    byte[] woven(String internalName, byte[] original);
  }

  public Inspector(
      GeneratedClasses made,
      Redefinitions redefinitions,
      SeenRegistrations seen,
      LiveRegistrations live,
      Instrumentation instrumentation,
      Weaving weaving) {
    this.made = made;
    this.redefinitions = redefinitions;
    this.seen = seen;
    this.live = live;
    this.current = new CurrentBytes(instrumentation);
    this.weaving = weaving;
  }

  @Override
  public Iterable<KeptClass> kept() {
    return kept(made.snapshot());
  }

  @Override
  public ClassInspection inspect(Class<?>[] loaded) throws InterruptedException {
    return inspect(loaded, NamedClasses.NONE);
  }

  @Override
  public ClassInspection inspect(Class<?>[] loaded, NamedClasses wanted)
      throws InterruptedException {
    List<GeneratedClass> known = made.snapshot();
    LiveRegistrations.Found found = live.walk();
    ClassFiles files = new ClassFiles();
    Origins origins = new Origins(known, files);

    Set<Class<?>> changed = new HashSet<>();
    List<Redefinition> redefined = redefinitions.snapshot();
    for (Redefinition one : redefined) {
      Class<?> type = one.type().get();
      if (type != null && changed.size() < COMPARED_MAX) {
        changed.add(type);
      }
    }
    Set<Class<?>> filed = new HashSet<>(changed);
    for (Registered one : found.registered()) {
      filed.add(Origins.answering(one.type()));
    }
    files.look(filed);

    Set<Class<?>> named = named(loaded, wanted);
    Set<Class<?>> unkept = new LinkedHashSet<>();
    for (Class<?> type : named) {
      GeneratedClass its = origins.made(type);
      if (its == null || made.bytes(its) == null) {
        unkept.add(type);
      }
    }
    for (Class<?> type : loaded) {
      GeneratedClass its = origins.made(type);
      if (its != null && its.suspicious() && made.bytes(its) == null) {
        unkept.add(type);
      }
    }
    for (Class<?> type : filed) {
      switch (origins.of(type).kind()) {
        case MISPLACED, UNRECORDED -> unkept.add(type);
        default -> {
          // Its bytes are kept, or lie where it says.
        }
      }
    }
    unkept.removeIf(type -> !mayBeAsked(type, origins, redefined));
    Map<Class<?>, byte[]> bytes = new HashMap<>(current.of(unkept));
    for (Class<?> type : changed) {
      GeneratedClass its = origins.changed(type);
      byte[] handedIn = its == null ? null : made.bytes(its);
      if (handedIn != null) {
        bytes.put(type, handedIn);
      }
    }
    Inspection inspection =
        new Inspection(origins, bytes, kept(known, wanted), named, seen.snapshot());
    if (found.cut()) {
      inspection.note("registrations.ndjson: not all could be walked in time");
    }
    Comparison comparison = new Comparison(files, bytes, weaving);
    for (Redefinition one : redefined) {
      Class<?> type = one.type().get();
      if (type != null && changed.contains(type)) {
        inspection.changed(type, one, comparison.of(type));
      }
    }
    if (redefined.size() > changed.size()) {
      inspection.note(
          "classes: of "
              + redefined.size()
              + " that others had changed, "
              + changed.size()
              + " were compared");
    }
    found.registered().forEach(inspection::registered);
    for (Class<?> type : loaded) {
      inspection.loaded(type);
    }
    return inspection;
  }

  /**
   * Classes that alerts speak of, of the application's loaders: those of the JDK are in its image.
   */
  private static Set<Class<?>> named(Class<?>[] loaded, NamedClasses wanted) {
    Set<Class<?>> named = new LinkedHashSet<>();
    ClassLoader ours = Inspector.class.getClassLoader();
    for (Class<?> type : wanted.none() ? new Class<?>[0] : loaded) {
      ClassLoader loader = type.getClassLoader();
      if (loader != null
          && loader != ours
          && loader != ClassLoader.getPlatformClassLoader()
          && named.size() < NAMED_MAX
          && wanted.names(type)) {
        named.add(type);
      }
    }
    return named;
  }

  /** Whether to have it transformed once more undoes nobody's change. */
  private static boolean mayBeAsked(Class<?> type, Origins origins, List<Redefinition> redefined) {
    if (origins.changed(type) != null) {
      return false;
    }
    for (Redefinition one : redefined) {
      if (one.type().refersTo(type) && one.changed()) {
        return false;
      }
    }
    return true;
  }

  /** Those that alerts speak of come first. */
  private Iterable<KeptClass> kept(List<GeneratedClass> known, NamedClasses wanted) {
    List<GeneratedClass> first = new ArrayList<>();
    List<GeneratedClass> rest = new ArrayList<>();
    for (GeneratedClass one : known) {
      (wanted.names(one.className()) ? first : rest).add(one);
    }
    first.addAll(rest);
    return kept(first);
  }

  private Iterable<KeptClass> kept(List<GeneratedClass> known) {
    return () ->
        known.stream()
            .map(
                one -> {
                  byte[] bytes = made.bytes(one);
                  return bytes == null
                      ? List.<KeptClass>of()
                      : List.of(new KeptClass(one.className(), one.sha256(), bytes));
                })
            .flatMap(List::stream)
            .iterator();
  }
}
