package whorl.agent.capture.jvm;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Modifier;
import java.security.ProtectionDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.jvm.GeneratedClassFiles.KeptClass;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures all loaded classes in {@code classes.ndjson}, the bytes of those generated at run time
 * or changed since they were loaded in {@code classes/<sha256>.class}, and what the servers call in
 * {@code registrations.ndjson}. It initialises no class and calls no method of the application,
 * only final ones of the JDK.
 */
public final class ClassesSource implements ArtifactSource {
  static final ArtifactName NAME = new ArtifactName("classes.ndjson");

  static final ArtifactName REGISTRATIONS = new ArtifactName("registrations.ndjson");

  private static final long MAX_BYTES = 128L << 20;
  private static final long MAX_REGISTRATION_BYTES = 16L << 20;
  private static final int KEPT_MAX = 5_000;
  private static final long KEPT_MAX_BYTES = 64L << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /**
   * One class, a line of {@code classes.ndjson}.
   *
   * @param loader as {@link LoaderNames#of}; {@code parents} are the loaders above it
   * @param codeSource where its bytes came from; null if there is no such place
   * @param hidden true if defined by {@code Lookup.defineHiddenClass}
   * @param keptBytes digests of stored class files of that name, possibly from other loaders
   * @param sha256 of this very class's file; {@code origin} and what follows as in {@link
   *     ClassInspection.Origin}
   */
  record LoadedClass(
      String name,
      String loader,
      List<String> parents,
      @Nullable String codeSource,
      @Nullable String superclass,
      List<String> interfaces,
      String modifiers,
      boolean hidden,
      @Nullable String module,
      @Nullable List<String> keptBytes,
      @Nullable String sha256,
      @Nullable String origin,
      @Nullable String generator,
      @Nullable Instant definedAt,
      @Nullable String request,
      @Nullable List<String> stack,
      @Nullable List<ClassInspection.Finding> findings) {}

  private final Supplier<Class<?>[]> loaded;
  private final GeneratedClassFiles generatedClassFiles;
  private final PackageOpener opener;

  /**
   * @param loaded as {@code Instrumentation.getAllLoadedClasses}
   */
  public ClassesSource(
      Supplier<Class<?>[]> loaded, GeneratedClassFiles generatedClassFiles, PackageOpener opener) {
    this.loaded = loaded;
    this.generatedClassFiles = generatedClassFiles;
    this.opener = opener;
  }

  @Override
  public String kind() {
    return ArtifactKind.CLASSES;
  }

  /**
   * After the alert, so that classes defined in its aftermath are included; classes do not vanish
   * quickly.
   */
  @Override
  public Moment moment(CaptureContext context) {
    return Moment.AFTER;
  }

  @Override
  public Duration deadline() {
    return DEADLINE;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    Class<?>[] classes = loaded.get();
    ClassInspection inspection =
        generatedClassFiles.inspect(classes, NamedClasses.of(context.alerts()));
    inspection.notes().forEach(out::log);
    Map<String, List<String>> kept = writeKept(inspection.kept(), out);
    LoaderNames names = new LoaderNames(opener);
    Map<ProtectionDomain, String> places = new IdentityHashMap<>();
    if (!names.readable()) {
      out.log(NAME + ": loaders are given by class and identity, java.lang is closed to us");
    }
    int unreadable = 0;
    try (JsonLines lines = new JsonLines(NAME, out, MAX_BYTES)) {
      for (Class<?> type : classes) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (type.isArray() || type.isPrimitive()) {
          continue;
        }
        try {
          lines.write(line(type, names, places, kept, inspection.origin(type)));
        } catch (RuntimeException | LinkageError e) {
          unreadable++;
        }
      }
    }
    if (unreadable > 0) {
      out.log(NAME + ": " + unreadable + " classes could not be looked at");
    }
    try (JsonLines lines = new JsonLines(REGISTRATIONS, out, MAX_REGISTRATION_BYTES)) {
      for (ClassInspection.Registration registration : inspection.registrations()) {
        lines.write(registration);
      }
    }
  }

  private static LoadedClass line(
      Class<?> type,
      LoaderNames names,
      Map<ProtectionDomain, String> places,
      Map<String, List<String>> kept,
      ClassInspection.@Nullable Origin origin) {
    ClassLoader loader = type.getClassLoader();
    List<String> chain = names.chain(loader);
    Class<?> superclass = type.getSuperclass();
    Class<?>[] implemented = type.getInterfaces();
    String[] interfaces = new String[implemented.length];
    for (int i = 0; i < implemented.length; i++) {
      interfaces[i] = implemented[i].getName();
    }
    return new LoadedClass(
        type.getName(),
        chain.isEmpty() ? names.of(null) : chain.get(0),
        chain.isEmpty() ? chain : chain.subList(1, chain.size()),
        CodeSources.text(type, places),
        superclass == null ? null : superclass.getName(),
        List.of(interfaces),
        Modifier.toString(type.getModifiers()),
        type.isHidden(),
        type.getModule().getName(),
        kept.get(type.getName()),
        origin == null ? null : origin.sha256(),
        origin == null ? null : origin.origin(),
        origin == null ? null : origin.generator(),
        origin == null ? null : origin.definedAt(),
        origin == null ? null : origin.request(),
        origin == null ? null : origin.stack(),
        origin == null ? null : origin.findings());
  }

  /** Writes the class files and returns their digests by class name. */
  private static Map<String, List<String>> writeKept(
      Iterable<KeptClass> classes, ArtifactOutput out) throws IOException {
    Map<String, List<String>> byName = new HashMap<>();
    Set<Digest> written = new HashSet<>();
    long bytes = 0;
    long leftOut = 0;
    for (KeptClass kept : classes) {
      List<String> digests =
          byName.computeIfAbsent(kept.className().replace('/', '.'), name -> new ArrayList<>(1));
      if (!digests.contains(kept.sha256().hex())) {
        digests.add(kept.sha256().hex());
      }
      if (written.contains(kept.sha256())) {
        continue;
      }
      if (written.size() >= KEPT_MAX || bytes + kept.bytes().length > KEPT_MAX_BYTES) {
        leftOut++;
        continue;
      }
      written.add(kept.sha256());
      bytes += kept.bytes().length;
      ArtifactName name = new ArtifactName("classes/" + kept.sha256() + ".class");
      try (OutputStream file = out.create(name, "application/java-vm")) {
        file.write(kept.bytes());
      }
    }
    out.log("classes: " + written.size() + " class files made at run time, " + bytes + " bytes");
    if (leftOut > 0) {
      out.missing("classes", leftOut + " class files beyond the limit were left out");
    }
    return byName;
  }
}
