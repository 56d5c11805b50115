package whorl.collector.heap.read;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * A program that dumps its own heap, in which something is planted: a big object behind a static
 * field and a map, equal strings, and two loaders of the same class that only a thread local keeps
 * alive. Arguments: the dump's file, and its classes' folder.
 */
public final class PlantedHeap {
  static final int BIG_BYTES = 24 << 20;
  static final int COPIES = 4_000;
  static final String TEXT = "a text that is there many times over ";

  /** Has the big object. */
  static final class Cargo {
    final byte[] hold = new byte[BIG_BYTES];
  }

  /** A class that is defined again by loaders of its own. */
  public static final class Component {
    public final byte[] own = new byte[1 << 20];
  }

  /** What leaks. */
  static final class ComponentLoader extends URLClassLoader {
    ComponentLoader(URL classes) {
      super(new URL[] {classes}, null);
    }
  }

  static final Map<String, Cargo> CACHE = new HashMap<>();
  static final List<String> TEXTS = new ArrayList<>();
  private static final ThreadLocal<Object> HOLDER = new ThreadLocal<>();

  private PlantedHeap() {}

  public static void main(String[] arguments) throws Exception {
    CACHE.put("cargo", new Cargo());
    for (int i = 0; i < COPIES; i++) {
      byte[] characters = TEXT.getBytes(StandardCharsets.ISO_8859_1);
      TEXTS.add(new String(characters, StandardCharsets.ISO_8859_1)); // with an array of its own
    }
    leak(Path.of(arguments[1]).toUri().toURL());
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(arguments[0], true);
  }

  /** In a method of its own, so that no local variable holds what leaks as well. */
  private static void leak(URL classes) throws ReflectiveOperationException {
    List<Object> leaked = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      leaked.add(
          new ComponentLoader(classes)
              .loadClass(Component.class.getName())
              .getConstructor()
              .newInstance());
    }
    HOLDER.set(leaked);
  }

  /** Runs the program; returns the dump. */
  static Path dump(Path folder) throws IOException, InterruptedException {
    Path dump = folder.resolve("planted.hprof");
    Path classes =
        Path.of(PlantedHeap.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes.toString(),
                PlantedHeap.class.getName(),
                dump.toString(),
                classes.toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream out = program.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (!program.waitFor(60, TimeUnit.SECONDS) || program.exitValue() != 0) {
        throw new IOException("no dump: " + said);
      }
    }
    return dump;
  }

  /** The dump as agents store it. */
  static byte[] gzip(Path dump) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      Files.copy(dump, out);
    }
    return zipped.toByteArray();
  }
}
