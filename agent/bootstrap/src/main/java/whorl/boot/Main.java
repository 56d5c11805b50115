package whorl.boot;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * {@code java -jar whorl-agent.jar attach PID} loads the agent into a running JVM, {@code doctor}
 * says why an agent sends nothing, and {@code --install DIR} copies the jar: an init container made
 * from a distroless Java image has no other program to copy with. The agent itself starts {@code
 * --read-heap} for a heap snapshot.
 */
public final class Main {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final String READ_HEAP = "--read-heap";
  private static final String ATTACH = "attach";
  private static final String ATTACHER = "whorl.agent.attach.AttachCommand";
  private static final String DOCTOR = "doctor";
  private static final String EXAMINER = "whorl.agent.doctor.DoctorCommand";
  private static final int OLDEST_JAVA = 17;
  private static final String READER = "whorl.agent.heap.HeapReader";
  private static final File OWN_SCORE = new File("/proc/self/oom_score_adj");

  private Main() {}

  /** Exits with 0 for success, 1 for failure, 2 for wrong usage. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("--version")) {
      System.out.println("whorl-agent " + Main.class.getPackage().getImplementationVersion());
      return DONE;
    }
    if (arguments.length == 1 && arguments[0].equals(READ_HEAP)) {
      return readHeap();
    }
    if (arguments.length > 0 && arguments[0].equals(ATTACH)) {
      return command(ATTACH, ATTACHER, Arrays.copyOfRange(arguments, 1, arguments.length));
    }
    if (arguments.length > 0 && arguments[0].equals(DOCTOR)) {
      return command(DOCTOR, EXAMINER, Arrays.copyOfRange(arguments, 1, arguments.length));
    }
    if (arguments.length == 2 && arguments[0].equals("--install")) {
      return install(arguments[1]);
    }
    System.err.println(
        "This is a Java agent: JAVA_TOOL_OPTIONS=\"-javaagent:whorl-agent.jar"
            + " -XX:+StartAttachListener\"\n"
            + "java -jar whorl-agent.jar attach --help   loads it into a JVM that runs without it\n"
            + "java -jar whorl-agent.jar doctor --help   says why an agent sends nothing\n"
            + "java -jar whorl-agent.jar --install DIR   copies it to DIR/whorl-agent.jar\n"
            + "java -jar whorl-agent.jar --version");
    return WRONG_USAGE;
  }

  /** Not for users: the second JVM that the agent starts for a heap snapshot. */
  private static int readHeap() {
    try {
      Class.forName(READER, true, new IsolatedLoader(Agent.jar()))
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
      return DONE;
    } catch (ReflectiveOperationException | IOException | URISyntaxException e) {
      System.err.println("cannot read a heap: " + e);
      return FAILED;
    }
  }

  /** The status of a command that has its own usage. */
  private static int command(String name, String type, String[] arguments) {
    endFirst(OWN_SCORE);
    int java = Applicability.javaVersion();
    if (java < OLDEST_JAVA) {
      System.err.println(name + " needs Java " + OLDEST_JAVA + " or newer; this is Java " + java);
      return FAILED;
    }
    try {
      File jar = Agent.jar();
      return (Integer)
          Class.forName(type, true, new IsolatedLoader(jar))
              .getMethod("run", File.class, String[].class)
              .invoke(null, jar, arguments);
    } catch (ReflectiveOperationException | IOException | URISyntaxException e) {
      System.err.println(
          "cannot run " + name + ": " + e + (e.getCause() == null ? "" : ": " + e.getCause()));
      return FAILED;
    }
  }

  /**
   * If the memory of the container runs out, the kernel is to end this command, and not the
   * application beside which it runs.
   *
   * @param score the kernel's file for it
   */
  static void endFirst(File score) {
    if (!score.canWrite()) {
      return;
    }
    try (FileOutputStream out = new FileOutputStream(score)) {
      out.write("1000".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException refused) {
      System.err.println("cannot write " + score + ": " + refused.getMessage());
    }
  }

  private static int install(String folder) {
    try {
      File jar = Agent.jar();
      Path target = new File(folder).toPath().resolve("whorl-agent.jar");
      Path partial = target.resolveSibling("whorl-agent.jar.partial");
      Files.copy(jar.toPath(), partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      System.out.println("installed " + target);
      return DONE;
    } catch (IOException | URISyntaxException e) {
      System.err.println("cannot install into " + folder + ": " + e);
      return FAILED;
    }
  }
}
