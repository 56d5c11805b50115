package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/**
 * A program with the planted secrets in its heap, in a JVM of its own: as text, characters, bytes,
 * numbers and literals of a class file. Its deep stacks make HotSpot flush, as the agent's do, and
 * it has some virtual threads if the JDK supports them.
 */
final class PlantedProgram implements AutoCloseable {
  static final String DEEP =
      """
      package whorl.agent.heap;
      public final class DeepStacks extends Thread {
        public DeepStacks() { super(null, null, "deep", 16 << 20); setDaemon(true); }
        @Override public void run() { deeper(2000); }
        private static void deeper(int frames) {
          if (frames > 0) { deeper(frames - 1); return; }
          try { Thread.sleep(600_000); } catch (InterruptedException e) { return; }
        }
      }
      """;

  private static final String PLANTER =
      """
      import java.nio.ByteBuffer;
      import java.nio.charset.StandardCharsets;
      import java.util.ArrayList;
      import java.util.HashMap;
      import java.util.List;
      import java.util.Map;
      import java.util.concurrent.ExecutorService;
      import java.util.concurrent.Executors;

      public final class Planter {
        static final List<Object> KEPT = new ArrayList<>();
        static final Map<String, String> MAP = new HashMap<>();

        static String secret(int number) {
          long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
          mixed ^= mixed >>> 29;
          return "Zq" + "7x".trim() + String.format("%012x", mixed & 0xFFFF_FFFF_FFFFL);
        }

        static Object plant(int kind, String secret) {
          ByteBuffer bytes = ByteBuffer.wrap(secret.getBytes(StandardCharsets.UTF_8));
          switch (kind) {
            case 0: return secret;
            case 1: return "\\u0416\\u4e2d" + secret;
            case 2: return secret.toCharArray();
            case 3: return bytes.array();
            case 4: return new StringBuilder("x").append(secret).append("\\u0416");
            case 6: long[] longs = new long[2]; bytes.asLongBuffer().get(longs); return longs;
            case 7: int[] ints = new int[4]; bytes.asIntBuffer().get(ints); return ints;
            case 8: MAP.put(secret, "value"); return secret.intern();
            case 9: return secret.getBytes(StandardCharsets.UTF_16LE);
            default: return null;
          }
        }

        static void virtualSleeper() {
          try { Thread.sleep(600_000); } catch (InterruptedException e) { return; }
        }

        static void virtualThreads() throws Exception {
          if (Runtime.version().feature() < 21) { return; }
          ExecutorService threads = (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
          for (int i = 0; i < 200; i++) { threads.submit(Planter::virtualSleeper); }
          KEPT.add(threads);
        }

        public static void main(String[] args) throws Exception {
          for (int i = 0; i < 1000; i++) { KEPT.add(plant(i % 10, secret(i))); }
          KEPT.add(Literals.last());
          KEPT.add(new byte[3 << 20]);
          KEPT.add(new Object[400_000]);
          for (int i = 0; i < 10; i++) { new whorl.agent.heap.DeepStacks().start(); }
          virtualThreads();
          Thread.sleep(500);
          System.gc();
          System.out.println("planted");
          Thread.sleep(600_000);
        }
      }
      """;

  private final Process process;

  private PlantedProgram(Process process) {
    this.process = process;
  }

  static PlantedProgram start(Path javaHome, Path folder) throws IOException, InterruptedException {
    Path classes = compile(folder);
    Process process =
        new ProcessBuilder(
                javaHome.resolve("bin/java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classes.toString(),
                "Planter")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    PlantedProgram program = new PlantedProgram(process);
    BufferedReader output = process.inputReader();
    if (!"planted".equals(output.readLine())) {
      program.close();
      throw new IOException("the planting program did not start");
    }
    return program;
  }

  private static Path compile(Path folder) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(sources.resolve("DeepStacks.java"), DEEP);
    Files.writeString(sources.resolve("Planter.java"), PLANTER);
    StringBuilder literals = new StringBuilder("class Literals { static String last() {\n");
    literals.append("String last = \"\";\n");
    for (int i = Planted.LITERAL_KIND; i < Planted.COUNT; i += Planted.KINDS) {
      literals.append("last = \"").append(Planted.secret(i)).append("\";\n");
    }
    Files.writeString(sources.resolve("Literals.java"), literals.append("return last; } }\n"));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-d",
                classes.toString(),
                sources.resolve("DeepStacks.java").toString(),
                sources.resolve("Planter.java").toString(),
                sources.resolve("Literals.java").toString());
    assertThat(failed).isZero();
    return classes;
  }

  /**
   * Requests a dump of the JVM into this path, with the jcmd of this JDK; the caller waits for the
   * answer.
   */
  Process dumpTo(Path path) throws IOException {
    return dumpTo(process.pid(), path);
  }

  /** Requests a dump of any JVM. */
  static Process dumpTo(long pid, Path path) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                Long.toString(pid),
                "GC.heap_dump",
                "-overwrite=true",
                "-all=true",
                path.toString()))
        .redirectErrorStream(true)
        .start();
  }

  static String answer(Process jcmd) throws IOException, InterruptedException {
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor(30, TimeUnit.SECONDS);
    return output;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
