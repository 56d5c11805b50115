package whorl.agent.hprof;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * A program as large as those of frameworks: its classes name some 30,000 fields, so that their
 * class dumps fill more than one segment. Its deep stacks make HotSpot flush, as the agent's do.
 */
final class OrderProgram implements AutoCloseable {
  private static final int CLASSES = 300;
  private static final int FIELDS = 100;

  private static final String MAIN =
      """
      import java.lang.reflect.Method;
      import java.net.URL;
      import java.net.URLClassLoader;
      import java.util.ArrayList;
      import java.util.List;
      import java.util.concurrent.ExecutorService;
      import java.util.concurrent.Executors;

      public final class Large {
        static final List<Object> KEPT = new ArrayList<>();
        static volatile Object garbage;

        static void load(ClassLoader loader) {
          try {
            for (int i = 0; i < CLASSES; i++) {
              KEPT.add(Class.forName("Many$C" + i, true, loader).getConstructor().newInstance());
            }
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        }

        static void loadAgain() {
          URL here = Large.class.getProtectionDomain().getCodeSource().getLocation();
          while (true) {
            KEPT.clear();
            load(new URLClassLoader(new URL[] {here}, null));
          }
        }

        static void allocate() {
          while (true) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) { texts.add("text " + i); }
            garbage = texts;
          }
        }

        static void sleepAgain() {
          while (true) {
            try { Thread.sleep(1); } catch (InterruptedException e) { return; }
          }
        }

        static void start(Runnable work) {
          Thread thread = new Thread(work);
          thread.setDaemon(true);
          thread.start();
        }

        static void virtualThreads() throws Exception {
          if (Runtime.version().feature() < 21) { return; }
          ExecutorService threads = (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
          for (int i = 0; i < 500; i++) { threads.submit(Large::sleepAgain); }
          KEPT.add(threads);
        }

        public static void main(String[] args) throws Exception {
          for (int i = 0; i < 10; i++) { new whorl.agent.heap.DeepStacks().start(); }
          load(Large.class.getClassLoader());
          if (args[0].equals("starting")) {
            start(Large::loadAgain);
          } else {
            start(Large::allocate);
            start(Large::allocate);
            virtualThreads();
          }
          for (int i = 0; i < Integer.parseInt(args[1]); i++) { KEPT.add(new byte[1 << 20]); }
          Thread.sleep(500);
          System.out.println("ready");
          Thread.sleep(600_000);
        }
      }
      """;

  private final Process process;

  private OrderProgram(Process process) {
    this.process = process;
  }

  /** Compiles the classes, once for all JDKs. */
  static Path compile(Path folder) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("large-sources"));
    Path classes = Files.createDirectories(folder.resolve("large-classes"));
    StringBuilder many = new StringBuilder("public final class Many {\n");
    for (int type = 0; type < CLASSES; type++) {
      many.append("public static final class C").append(type).append(" {\n");
      for (int field = 0; field < FIELDS; field++) {
        String kind = field % 2 == 0 ? "static int" : "Object";
        many.append(kind).append(" f").append(type).append('_').append(field).append(";\n");
      }
      many.append("}\n");
    }
    List<String> command =
        new ArrayList<>(
            List.of("--release", "17", "-proc:none", "-nowarn", "-d", classes.toString()));
    command.add(write(sources, "DeepStacks", PlantedProgram.DEEP));
    command.add(write(sources, "Many", many.append("}\n").toString()));
    command.add(write(sources, "Large", MAIN.replace("CLASSES", Integer.toString(CLASSES))));
    int failed =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
    if (failed != 0) {
      throw new IOException("the large program does not compile");
    }
    return classes;
  }

  private static String write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name + ".java"), text).toString();
  }

  /**
   * @param phase "starting" for one that loads classes, "load" for one with active threads
   * @param mebibytes the memory that it holds in addition to its classes
   */
  static OrderProgram start(Path javaHome, Path classes, String phase, int mebibytes)
      throws IOException {
    Process process =
        new ProcessBuilder(
                javaHome.resolve("bin/java").toString(),
                "-Xmx" + (mebibytes + 100) + "m",
                "-XX:+UseSerialGC",
                "-cp",
                classes.toString(),
                "Large",
                phase,
                Integer.toString(mebibytes))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    OrderProgram program = new OrderProgram(process);
    BufferedReader output = process.inputReader();
    if (!"ready".equals(output.readLine())) {
      program.close();
      throw new IOException("the large program did not start");
    }
    return program;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
