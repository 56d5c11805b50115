package whorl.agent.attach;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * {@code java -jar whorl-agent.jar attach …}: loads the agent into JVMs that run without it. It
 * needs Linux and Java 17, and no module but {@code java.base}.
 */
public final class AttachCommand {
  private static final int ATTACHED = 0;
  private static final int REFUSED = 1;
  private static final int WRONG_USAGE = 2;
  private static final Path PROC = Path.of("/proc");
  private static final String HELPER = "-Dwhorl.helper=";

  private final PrintStream out;
  private final PrintStream err;

  private AttachCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the command; {@code whorl.boot} calls it.
   *
   * @param jar the agent's
   * @return the exit status: 0 attached, 1 refused, 2 wrong usage
   */
  public static int run(File jar, String[] arguments) throws InterruptedException {
    return new AttachCommand(System.out, System.err).run(jar.toPath(), List.of(arguments));
  }

  private int run(Path jar, List<String> arguments) throws InterruptedException {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.println(AttachArguments.USAGE);
      return ATTACHED;
    }
    AttachArguments parsed;
    try {
      parsed = AttachArguments.parse(arguments, System.in);
    } catch (AttachArguments.Wrong e) {
      err.println(e.getMessage());
      err.println();
      err.println(AttachArguments.USAGE);
      return WRONG_USAGE;
    }
    if (!Files.isReadable(PROC.resolve("self/status"))) {
      err.println("attach needs Linux with /proc mounted");
      return REFUSED;
    }
    try {
      CollectorTrial.run(parsed.settings(), parsed.ca());
    } catch (Refusal refusal) {
      err.println("refused: " + refusal.reason() + "; nothing was loaded");
      err.println("  remedy: " + refusal.remedy());
      return REFUSED;
    }
    Attachment attachment = new Attachment(PROC, jar, parsed.settings(), parsed.ca());
    return parsed.pids().isEmpty() ? all(attachment) : each(attachment, parsed.pids());
  }

  private int each(Attachment attachment, List<Long> pids) throws InterruptedException {
    int status = ATTACHED;
    for (long pid : pids) {
      String name = Long.toString(pid);
      try {
        TargetProcess target = TargetProcess.of(PROC, pid);
        name = target.describe();
        attached(name, attachment.run(target));
      } catch (Refusal refusal) {
        refused(name, refusal);
        status = REFUSED;
      }
    }
    return status;
  }

  /** A JVM that has the agent already is no failure here. */
  private int all(Attachment attachment) throws InterruptedException {
    List<TargetProcess> targets = jvms();
    if (targets.isEmpty()) {
      err.println("refused: this process sees no JVM but itself");
      err.println(
          "  remedy: share the process namespace of the application (kubectl debug --target,"
              + " podman run --pid=container:NAME)");
      return REFUSED;
    }
    int status = ATTACHED;
    for (TargetProcess target : targets) {
      try {
        attached(target.describe(), attachment.run(target));
      } catch (TargetChecks.AlreadyThere already) {
        out.println(target.describe() + ": " + already.reason());
      } catch (Refusal refusal) {
        refused(target.describe(), refusal);
        status = REFUSED;
      }
    }
    return status;
  }

  /** All but this one and the agent's own helpers, in the order of their ids. */
  private static List<TargetProcess> jvms() {
    List<TargetProcess> jvms = new ArrayList<>();
    long own = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != own) {
          add(pid, jvms);
        }
      }
    } catch (IOException | NumberFormatException unreadable) {
      // What was found until then is tried.
    }
    jvms.sort(Comparator.comparingLong(TargetProcess::pid));
    return jvms;
  }

  private static void add(long pid, List<TargetProcess> jvms) {
    try {
      TargetProcess process = TargetProcess.of(PROC, pid);
      if (process.commandLine().stream().noneMatch(word -> word.startsWith(HELPER))
          && isJvm(process)) {
        jvms.add(process);
      }
    } catch (Refusal ended) {
      // It is no longer there.
      return;
    }
  }

  /** One that this process may not look into is known by its name, so that it is refused loudly. */
  private static boolean isJvm(TargetProcess process) {
    try {
      return process.hasJvm();
    } catch (IOException forbidden) {
      return process.program().equals("java");
    }
  }

  private void attached(String name, String answer) {
    out.println(name + ": attached: " + answer);
  }

  private void refused(String name, Refusal refusal) {
    err.println(name + ": refused: " + refusal.reason());
    err.println("  remedy: " + refusal.remedy());
  }
}
