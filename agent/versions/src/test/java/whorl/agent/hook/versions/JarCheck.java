package whorl.agent.hook.versions;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.hook.Hooks;

/**
 * Weaves the hooked classes of a jar and lets this JVM verify them.
 *
 * @param classes how many of the jar's classes are hooked
 * @param methods how many of their methods
 * @param notHooked join points that do not fit, each with the reason
 * @param errors what must never be
 */
record JarCheck(int classes, int methods, List<String> notHooked, List<String> errors) {
  /** Multi-release jars have some classes in several versions. */
  private static final Pattern ENTRY =
      Pattern.compile("(?:META-INF/versions/(\\d+)/)?(?!META-INF/)(.*)\\.class");

  static JarCheck of(Path jar) throws IOException {
    Map<Integer, Map<String, byte[]>> releases = classes(jar);
    Map<String, byte[]> base = releases.getOrDefault(0, Map.of());
    Hooks hooks = Hooks.of(new EventSink(new EpochClock()), Set.of(), "/", thread -> false);
    List<String> errors = new ArrayList<>();
    int classes = 0;
    int methods = 0;
    for (Map<String, byte[]> release : releases.values()) {
      Map<String, byte[]> all = new HashMap<>(base);
      all.putAll(release);
      Map<String, byte[]> woven = new HashMap<>(all);
      Supertypes supertypes = new Supertypes(all);
      List<String> changed = new ArrayList<>();
      for (String name : release.keySet()) {
        try {
          byte[] after = hooks.woven(name, all.get(name));
          if (after != all.get(name)) {
            woven.put(name, after);
            changed.add(name);
          }
        } catch (RuntimeException | Error failure) {
          errors.add(name + " cannot be woven: " + failure);
        }
      }
      for (String name : changed) {
        HolderCallsOf calls = HolderCallsOf.in(woven.get(name));
        classes++;
        methods += calls.methods().size();
        calls.unguarded().forEach(call -> errors.add(name + ": no handler where " + call));
        String error = difference(name, all, woven, supertypes);
        if (error != null) {
          errors.add(error);
        }
      }
    }
    return new JarCheck(classes, methods, hooks.notWoven(), errors);
  }

  /** What the verifier says of the woven class that it does not say of the original. */
  private static @Nullable String difference(
      String name, Map<String, byte[]> original, Map<String, byte[]> woven, Supertypes supertypes) {
    LinkageError before = verify(name, original, supertypes);
    while (before != null && supertypes.learn(before)) {
      before = verify(name, original, supertypes);
    }
    if (before != null) {
      return name + " cannot be verified at all: " + firstLines(before);
    }
    LinkageError after = verify(name, woven, supertypes);
    return after == null ? null : name + ": " + firstLines(after);
  }

  private static String firstLines(LinkageError failure) {
    return String.join(" ", failure.toString().lines().limit(6).map(String::strip).toList());
  }

  private static @Nullable LinkageError verify(
      String name, Map<String, byte[]> classes, Supertypes supertypes) {
    try {
      new JarLoader(classes, supertypes).verify(name);
      return null;
    } catch (ClassNotFoundException impossible) {
      throw new IllegalStateException(impossible);
    } catch (LinkageError failure) {
      return failure;
    }
  }

  private static Map<Integer, Map<String, byte[]>> classes(Path jar) throws IOException {
    Map<Integer, Map<String, byte[]>> releases = new TreeMap<>();
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        Matcher name = ENTRY.matcher(entry.getName());
        if (!name.matches() || name.group(2).endsWith("module-info")) {
          continue;
        }
        int release = name.group(1) == null ? 0 : Integer.parseInt(name.group(1));
        try (InputStream in = file.getInputStream(entry)) {
          byte[] bytes = in.readAllBytes();
          if (isReadable(bytes)) {
            releases.computeIfAbsent(release, any -> new HashMap<>()).put(name.group(2), bytes);
          }
        }
      }
    }
    return releases;
  }

  /** Not of a newer Java than this. */
  private static boolean isReadable(byte[] bytes) {
    int version = new ClassReader(bytes).readUnsignedShort(6);
    return version <= Runtime.version().feature() + Opcodes.V1_8 - 8;
  }
}
