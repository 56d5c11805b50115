package whorl.agent.classes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.ClassInspection;
import whorl.agent.capture.jvm.CodeSources;
import whorl.agent.capture.jvm.GeneratedClassFiles.KeptClass;
import whorl.agent.hook.code.GeneratedClass;
import whorl.agent.hook.code.Redefinitions.Redefinition;
import whorl.agent.hook.registration.LateRegistrations.Observed;
import whorl.agent.registration.Registered;
import whorl.agent.registration.TypeNames;
import whorl.evidence.Digest;

/** One capture's findings on classes. */
final class Inspection implements ClassInspection {
  private static final String CRITICAL = "critical";
  private static final String HIGH = "high";
  private static final String MEDIUM = "medium";

  private final Origins origins;
  private final Map<Class<?>, byte[]> current;
  private final Iterable<KeptClass> kept;
  private final Set<Class<?>> named;
  private final Map<String, Observed> seenByClass = new HashMap<>();
  private final Map<Class<?>, List<Finding>> findings = new LinkedHashMap<>();
  private final Map<Class<?>, Redefinition> changed = new HashMap<>();
  private final List<Registration> registrations = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * @param named classes that alerts name, whose bytes are always captured
   */
  Inspection(
      Origins origins,
      Map<Class<?>, byte[]> current,
      Iterable<KeptClass> kept,
      Set<Class<?>> named,
      List<Observed> seen) {
    this.origins = origins;
    this.current = current;
    this.kept = kept;
    this.named = named;
    for (Observed registration : seen) {
      if (registration.className() != null) {
        seenByClass.put(registration.className(), registration);
      }
    }
  }

  void note(String note) {
    notes.add(note);
  }

  /**
   * Records a class that was redefined or retransformed by other code.
   *
   * @param different members; null if unknown
   */
  void changed(Class<?> type, Redefinition redefinition, @Nullable List<String> different) {
    boolean same = different != null && different.isEmpty();
    if (same || (different == null && !redefinition.changed())) {
      return;
    }
    changed.put(type, redefinition);
    if (redefinition.by() != null) {
      return;
    }
    String agent = redefinition.agent();
    String who = agent == null ? "" : " by the agent " + agent;
    String reason =
        different == null
            ? (redefinition.replaced() ? "it was replaced" : "it was changed after it was loaded")
                + who
                + ", and its own file could not be read to compare"
            : "it was changed after it was loaded"
                + who
                + ", and differs from its own file in "
                + String.join(", ", different);
    String severity =
        different == null ? MEDIUM : WebTypes.isFramework(type.getName()) ? CRITICAL : HIGH;
    add(type, new Finding("changed-class", severity, reason, null));
  }

  void addRegistered(Registered component) {
    Class<?> type = component.type();
    Provenance provenance = origins.of(type);
    Observed seen = seenByClass.get(type.getName());
    GeneratedClass made = provenance.made();
    String reason = provenance.reason();
    Finding finding = null;
    if (reason != null) {
      boolean late = seen != null || (made != null && made.request() != null);
      finding = new Finding(component.kind(), late ? CRITICAL : HIGH, reason, component.target());
      add(type, finding);
      Class<?> answeringClass = Origins.answeringClass(type);
      if (answeringClass != type) {
        add(answeringClass, finding);
      }
    } else if (provenance.kind() == Provenance.Kind.KNOWN_GENERATOR
        && seen != null
        && seen.request() != null
        && made != null
        && made.request() != null) {
      finding =
          new Finding(
              component.kind(),
              MEDIUM,
              "made by " + made.generator() + " and registered, both for a request",
              component.target());
      add(type, finding);
    }
    registrations.add(
        new Registration(
            component.kind(),
            type.getName(),
            loader(type),
            component.target(),
            component.container(),
            CodeSources.text(type),
            made == null ? null : made.origin(),
            made == null ? null : made.generator(),
            sha256(type),
            seen == null ? null : Instant.ofEpochMilli(seen.epochMillis()),
            seen == null || seen.request() == null ? null : seen.request().id(),
            finding));
  }

  /** Checks a loaded class, which may be registered nowhere. */
  void addLoaded(Class<?> type) {
    GeneratedClass made = origins.made(type);
    if (made == null || !made.suspicious()) {
      return;
    }
    boolean serves = TypeNames.isAny(type, WebTypes.SERVING);
    String reason = new Provenance(Provenance.Kind.UNKNOWN_GENERATOR, made).reason();
    add(
        type,
        new Finding(
            "made-class",
            serves ? HIGH : MEDIUM,
            serves ? reason + ", and it can serve requests" : String.valueOf(reason),
            null));
  }

  @Override
  public @Nullable Origin origin(Class<?> type) {
    GeneratedClass made = origins.made(type);
    GeneratedClass replaced = origins.changed(type);
    List<Finding> typeFindings = findings.getOrDefault(type, List.of());
    boolean different = changed.containsKey(type);
    if (made == null && typeFindings.isEmpty() && !different && !named.contains(type)) {
      return null;
    }
    GeneratedClass shown = replaced != null && different ? replaced : made;
    return new Origin(
        shown != null ? shown.origin() : different ? "agent" : null,
        shown != null ? shown.generator() : null,
        sha256(type),
        shown == null ? null : Instant.ofEpochMilli(shown.epochMillis()),
        shown == null || shown.request() == null ? null : shown.request().id(),
        shown == null ? List.of() : shown.stack().stream().map(String::valueOf).toList(),
        typeFindings);
  }

  @Override
  public List<Registration> registrations() {
    return registrations;
  }

  @Override
  public Iterable<KeptClass> kept() {
    List<KeptClass> first = new ArrayList<>();
    List<KeptClass> now = new ArrayList<>();
    current.forEach(
        (type, bytes) -> {
          if (isCaptured(type)) {
            KeptClass file = new KeptClass(type.getName(), Digest.of(bytes), bytes);
            (named.contains(type) || changed.containsKey(type) ? first : now).add(file);
          }
        });
    return () ->
        new Concatenation(first.iterator(), new Concatenation(kept.iterator(), now.iterator()));
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  private @Nullable String sha256(Class<?> type) {
    GeneratedClass replaced = origins.changed(type);
    if (replaced != null && changed.containsKey(type)) {
      return replaced.sha256().hex();
    }
    GeneratedClass made = origins.made(type);
    if (made != null) {
      return made.sha256().hex();
    }
    byte[] bytes = current.get(type);
    return bytes == null || !isCaptured(type) ? null : Digest.of(bytes).hex();
  }

  private boolean isCaptured(Class<?> type) {
    return changed.containsKey(type) || findings.containsKey(type) || named.contains(type);
  }

  private void add(Class<?> type, Finding finding) {
    List<Finding> typeFindings = findings.computeIfAbsent(type, found -> new ArrayList<>(1));
    if (!typeFindings.contains(finding)) {
      typeFindings.add(finding);
    }
  }

  private static String loader(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null
        ? "boot"
        : loader.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(loader));
  }
}
