package whorl.agent.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.File;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.attach.TargetLook;
import whorl.agent.config.AgentConfig;
import whorl.evidence.Json;

/**
 * {@code java -jar whorl-agent.jar doctor [PID]}: says why nothing comes from an agent. It needs no
 * module but {@code java.base}, and changes nothing.
 */
public final class DoctorCommand {
  static final String USAGE =
      "Usage: java -jar whorl-agent.jar doctor [--json] [PID]\n"
          + "Checks, in the pod's container or in one that shares its processes, why an agent sends\n"
          + "nothing: flag, Java, settings, heap, folders, token, address, TLS, and whether the\n"
          + "collector accepts it. Without PID, by the environment of this command; with PID, by\n"
          + "that of a JVM that runs. Nothing is changed, and no secret is printed.\n"
          + "Exit status: 0 when nothing failed, 1 when a check failed, 2 wrong usage.";

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private final PrintStream out;
  private final Map<String, String> environment;
  private final int java;

  /**
   * @param java the feature release that this runs on
   */
  DoctorCommand(PrintStream out, Map<String, String> environment, int java) {
    this.out = out;
    this.environment = environment;
    this.java = java;
  }

  /**
   * Runs the command; {@code whorl.boot} calls it.
   *
   * @param jar the agent's
   * @return the exit status
   */
  public static int run(File jar, String[] arguments) {
    return new DoctorCommand(System.out, System.getenv(), Runtime.version().feature())
        .run(List.of(arguments));
  }

  int run(List<String> arguments) {
    boolean json = arguments.contains("--json");
    Long pid = null;
    for (String argument : arguments) {
      if (argument.equals("--help") || argument.equals("-h")) {
        out.println(USAGE);
        return DONE;
      }
      if (argument.matches("[1-9]\\d{0,8}") && pid == null) {
        pid = Long.valueOf(argument);
      } else if (!argument.equals("--json")) {
        out.println(USAGE);
        return WRONG_USAGE;
      }
    }
    List<Finding> findings = new ArrayList<>();
    Subject subject = subject(pid, findings);
    if (subject != null) {
      AgentConfig config = new StartChecks(subject, findings).run(java);
      new CollectorChecks(config.collector(), subject, Instant.now(), findings).run();
    }
    print(findings, json);
    return findings.stream().anyMatch(Finding::failed) ? FAILED : DONE;
  }

  private @Nullable Subject subject(@Nullable Long pid, List<Finding> findings) {
    if (pid == null) {
      return Subject.ofEnvironment(environment, 0);
    }
    try {
      TargetLook look = TargetLook.of(pid);
      if (look.hasAgent()) {
        findings.add(Finding.ok("agent", "runs in " + look.name()));
      } else {
        findings.add(
            Finding.fail(
                "agent",
                "does not run in " + look.name(),
                look.loading() == null
                    ? "java -jar whorl-agent.jar attach " + pid + " loads it without a restart"
                    : "restart it with the flag; it cannot be loaded now: " + look.loading()));
      }
      return Subject.of(look);
    } catch (TargetLook.Unseen unseen) {
      findings.add(Finding.fail("process", String.valueOf(unseen.getMessage()), unseen.remedy()));
      return null;
    }
  }

  private void print(List<Finding> findings, boolean json) {
    if (json) {
      out.println(text(findings));
      return;
    }
    for (Finding each : findings) {
      out.println(String.format("%-4s  %-10s  %s", each.state(), each.name(), each.seen()));
      if (each.remedy() != null) {
        out.println(" ".repeat(18) + each.remedy());
      }
    }
  }

  /** What goes to the terminal of the person who asked; no secret is in it. */
  private static String text(List<Finding> findings) {
    try {
      return Json.LENIENT.writeValueAsString(Map.of("checks", findings));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can be written as JSON", e);
    }
  }
}
