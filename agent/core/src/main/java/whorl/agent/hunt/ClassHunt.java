package whorl.agent.hunt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.CodeSources;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.weave.ClassFacts;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;

/**
 * Which loaded classes have this name, or this class file? Classes are looked at by methods of the
 * JDK only; none is initialised. Digests are known of classes that were made at run time.
 */
public final class ClassHunt implements HuntKind {
  private final Supplier<Class<?>[]> loaded;
  private final Supplier<List<GeneratedClass>> made;
  private final Function<@Nullable ClassLoader, String> loaderName;

  /**
   * @param loaded as {@code Instrumentation.getAllLoadedClasses}
   * @param made the classes that were made at run time, oldest first
   * @param loaderName names a class loader without calling it
   */
  public ClassHunt(
      Supplier<Class<?>[]> loaded,
      Supplier<List<GeneratedClass>> made,
      Function<@Nullable ClassLoader, String> loaderName) {
    this.loaded = loaded;
    this.made = made;
    this.loaderName = loaderName;
  }

  @Override
  public String name() {
    return HuntQuestion.CLASS;
  }

  @Override
  public void look(HuntQuestion question, HuntWork work) {
    HuntQuestion.OfClass wanted = Objects.requireNonNull(question.type(), "class");
    MadeClasses known = new MadeClasses(made.get());
    if (wanted.sha256() != null) {
      byDigest(wanted.sha256(), known, work);
    } else {
      byName(new Glob(Objects.requireNonNull(wanted.name(), "name")), known, work);
    }
  }

  private void byName(Glob name, MadeClasses known, HuntWork work) {
    Set<GeneratedClass> shown = new HashSet<>();
    for (Class<?> type : loaded.get()) {
      if (!work.goesOn()) {
        return;
      }
      if (isCandidate(type) && name.matches(type.getName())) {
        found(type, known.of(type), shown, work);
      }
    }
    for (GeneratedClass each : known.all()) {
      if (!work.goesOn()) {
        return;
      }
      if (name.matches(each.className()) && !shown.contains(each)) {
        found(each, work);
      }
    }
  }

  private void byDigest(String sha256, MadeClasses known, HuntWork work) {
    work.note(
        "digests are known of the "
            + known.all().size()
            + " classes that the agent saw made at run time, not of those in jars");
    List<GeneratedClass> matching = new ArrayList<>();
    for (GeneratedClass each : known.all()) {
      if (!work.goesOn()) {
        return;
      }
      if (each.sha256().hex().equals(sha256)) {
        matching.add(each);
      }
    }
    if (matching.isEmpty()) {
      return;
    }
    Set<GeneratedClass> shown = new HashSet<>();
    MadeClasses wanted = new MadeClasses(matching);
    for (Class<?> type : loaded.get()) {
      if (!work.goesOn()) {
        return;
      }
      GeneratedClass of = isCandidate(type) ? wanted.of(type) : null;
      if (of != null) {
        found(type, of, shown, work);
      }
    }
    for (GeneratedClass each : matching) {
      if (!shown.contains(each)) {
        found(each, work);
      }
    }
  }

  private static boolean isCandidate(Class<?> type) {
    return !type.isArray()
        && !type.isPrimitive()
        && ClassFacts.loader(type) != ClassHunt.class.getClassLoader();
  }

  private void found(
      Class<?> type, @Nullable GeneratedClass of, Set<GeneratedClass> shown, HuntWork work) {
    if (of != null) {
      shown.add(of);
    }
    if (!work.hasRoom()) {
      work.foundMore();
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("loaded", true);
    fields.put("className", Cut.text(type.getName()));
    fields.put("loader", Cut.text(loaderName.apply(ClassFacts.loader(type))));
    put(fields, "codeSource", CodeSources.text(ClassFacts.domain(type)));
    Class<?> superclass = type.getSuperclass();
    put(fields, "superclass", superclass == null ? null : superclass.getName());
    put(fields, "module", type.getModule().getName());
    if (type.isHidden()) {
      fields.put("hidden", true);
    }
    if (of != null) {
      MadeClasses.describe(of, fields);
    }
    work.found(row(type.getName(), of, fields));
  }

  private static void found(GeneratedClass of, HuntWork work) {
    if (!work.hasRoom()) {
      work.foundMore();
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("loaded", false);
    fields.put("className", Cut.text(of.className()));
    MadeClasses.describe(of, fields);
    work.found(row(of.className(), of, fields));
  }

  private static HuntRow row(String what, @Nullable GeneratedClass of, Map<String, Object> fields) {
    return new HuntRow(
        Cut.text(what), MadeClasses.at(of), null, null, MadeClasses.request(of), fields);
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, Cut.text(value));
    }
  }
}
