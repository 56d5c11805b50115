package whorl.agent.classes;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.jvm.ClassInspection;
import whorl.agent.capture.jvm.GeneratedClassFiles;
import whorl.agent.capture.jvm.NamedClasses;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.code.GeneratedClasses;
import whorl.agent.hook.code.Redefinitions;
import whorl.agent.hook.code.Redefinitions.Redefinition;
import whorl.agent.hook.registration.LateRegistrations;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Registered;

/**
 * Inspects the loaded classes that matter: those generated at run time, those that servers and
 * threads call, and those changed by other code.
 */
public final class Inspector implements GeneratedClassFiles {
  private static final int COMPARISONS_MAX = 200;
  private static final int NAMED_MAX = 64;

  private final GeneratedClasses made;
  private final Redefinitions redefinitions;
  private final LateRegistrations seen;
  private final LiveRegistrations live;
  private final CurrentBytes current;
  private final Weaving weaving;

  /** The agent's own weaving, which does not count as a difference. */
  @FunctionalInterface
  public interface Weaving {
    /** Returns the class file with the weaving. */
    byte[] woven(String internalName, byte[] original);
  }

  public Inspector(
      GeneratedClasses made,
      Redefinitions redefinitions,
      LateRegistrations seen,
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
    for (Redefinition redefinition : redefined) {
      Class<?> type = redefinition.type().get();
      if (type != null && changed.size() < COMPARISONS_MAX) {
        changed.add(type);
      }
    }
    Set<Class<?>> filesWanted = new HashSet<>(changed);
    for (Registered component : found.registered()) {
      filesWanted.add(Origins.answeringClass(component.type()));
    }
    files.find(filesWanted);

    Set<Class<?>> named = named(loaded, wanted);
    Set<Class<?>> bytesWanted = new LinkedHashSet<>();
    for (Class<?> type : named) {
      GeneratedClass generated = origins.made(type);
      if (generated == null || made.bytes(generated) == null) {
        bytesWanted.add(type);
      }
    }
    for (Class<?> type : loaded) {
      GeneratedClass generated = origins.made(type);
      if (generated != null && generated.suspicious() && made.bytes(generated) == null) {
        bytesWanted.add(type);
      }
    }
    for (Class<?> type : filesWanted) {
      switch (origins.of(type).kind()) {
        case MISPLACED, UNRECORDED -> bytesWanted.add(type);
        default -> {
          // Its bytes are stored, or are in the file that it came from.
        }
      }
    }
    bytesWanted.removeIf(type -> !mayRetransform(type, origins, redefined));
    Map<Class<?>, byte[]> bytes = new HashMap<>(current.of(bytesWanted));
    for (Class<?> type : changed) {
      GeneratedClass generated = origins.changed(type);
      byte[] definedBytes = generated == null ? null : made.bytes(generated);
      if (definedBytes != null) {
        bytes.put(type, definedBytes);
      }
    }
    Inspection inspection =
        new Inspection(origins, bytes, kept(known, wanted), named, seen.snapshot());
    if (found.cut()) {
      inspection.note("registrations.ndjson: not all could be walked");
    }
    if (seen.dropped() > 0) {
      inspection.note(
          "registrations.ndjson: when and for which request "
              + seen.dropped()
              + " were made is not known: too many were seen");
    }
    Comparison comparison = new Comparison(files, bytes, weaving);
    for (Redefinition redefinition : redefined) {
      Class<?> type = redefinition.type().get();
      if (type != null && changed.contains(type)) {
        inspection.changed(type, redefinition, comparison.of(type));
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
    found.registered().forEach(inspection::addRegistered);
    for (Class<?> type : loaded) {
      inspection.addLoaded(type);
    }
    return inspection;
  }

  /**
   * Returns classes that alerts name and that the application's loaders defined: those of the JDK
   * are in its image.
   */
  private static Set<Class<?>> named(Class<?>[] loaded, NamedClasses wanted) {
    Set<Class<?>> named = new LinkedHashSet<>();
    ClassLoader ours = Inspector.class.getClassLoader();
    for (Class<?> type : wanted.isEmpty() ? new Class<?>[0] : loaded) {
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

  /** True if retransforming the class undoes no change by other code. */
  private static boolean mayRetransform(
      Class<?> type, Origins origins, List<Redefinition> redefined) {
    if (origins.changed(type) != null) {
      return false;
    }
    for (Redefinition redefinition : redefined) {
      if (redefinition.type().refersTo(type) && redefinition.changed()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the stored class files, those that alerts name first. */
  private Iterable<KeptClass> kept(List<GeneratedClass> known, NamedClasses wanted) {
    List<GeneratedClass> first = new ArrayList<>();
    List<GeneratedClass> rest = new ArrayList<>();
    for (GeneratedClass generated : known) {
      (wanted.names(generated.className()) ? first : rest).add(generated);
    }
    first.addAll(rest);
    return kept(first);
  }

  private Iterable<KeptClass> kept(List<GeneratedClass> known) {
    return () ->
        known.stream()
            .map(
                generated -> {
                  byte[] bytes = made.bytes(generated);
                  return bytes == null
                      ? List.<KeptClass>of()
                      : List.of(new KeptClass(generated.className(), generated.sha256(), bytes));
                })
            .flatMap(List::stream)
            .iterator();
  }
}
