package whorl.behaviour.starts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents do wrong is found: each of these agents harms its application in one way. */
class AttemptIT {
  @TempDir Path folder;

  /** Says its line, and stops the JVM from ending. */
  public static final class Hanging {
    private Hanging() {}

    public static void premain(String arguments) {
      System.err.println("whorl: a test's agent");
      CountDownLatch never = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "the-one-that-hangs");
      // However the program ends.
      Runtime.getRuntime().addShutdownHook(thread);
    }
  }

  /** Says more than its line. */
  public static final class Talking {
    private Talking() {}

    public static void premain(String arguments) {
      System.err.println("whorl: a test's agent");
      System.out.println("and something more");
    }
  }

  /** Ends the JVM with a status of its own. */
  public static final class Ending {
    private Ending() {}

    public static void premain(String arguments) {
      System.err.println("whorl: a test's agent");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(7)));
    }
  }

  /** Says nothing at all. */
  public static final class Silent {
    private Silent() {}

    public static void premain(String arguments) {}
  }

  @Test
  void jvmThatDoesNotEnd_isAFailureWithItsThreads() throws Exception {
    assertThat(failure(Hanging.class)).contains("did not end within 4 s");
    try (var kept = Files.walk(folder.resolve("reports"))) {
      assertThat(kept.filter(file -> file.endsWith("threads.txt")))
          .first()
          .satisfies(file -> assertThat(Files.readString(file)).contains("the-one-that-hangs"));
    }
  }

  @Test
  void moreOutput_isAFailure() throws Exception {
    assertThat(failure(Talking.class)).contains("another standard output: ");
  }

  @Test
  void anotherExitStatus_isAFailure() throws Exception {
    assertThat(failure(Ending.class)).contains("exit status 7, without the agent ");
  }

  @Test
  void agentThatDidNotStart_isAFailure() throws Exception {
    assertThat(failure(Silent.class)).contains("0 lines of the agent on standard error");
  }

  private String failure(Class<?> agent) throws IOException, InterruptedException {
    Path state = folder.resolve("state");
    long failures =
        Starts.run(
            new String[] {
              "-n",
              "1",
              "-c",
              "1",
              "-w",
              "1",
              "-t",
              "4",
              "-p",
              "quick",
              "-j",
              System.getProperty("java.home"),
              "-J",
              jar(agent).toString(),
              "--state",
              state.toString(),
              "--reports",
              folder.resolve("reports").toString()
            },
            Path.of("../..").toAbsolutePath().normalize(),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

    assertThat(failures).isEqualTo(1);
    return Files.readString(state);
  }

  private Path jar(Class<?> agent) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", agent.getName());
    Path jar = folder.resolve("agent.jar");
    String name = agent.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream in = agent.getResourceAsStream("/" + name)) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
      out.closeEntry();
    }
    return jar;
  }
}
