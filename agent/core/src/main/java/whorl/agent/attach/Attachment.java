package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Loads the agent into one JVM: checks, opens its attach socket, puts the jar where it can read it,
 * has it load the jar, waits for the agent's answer and deletes the jar.
 *
 * @param proc {@code /proc}
 * @param jar the agent's
 * @param settings by key, with the token
 * @param ca PEM certificates of the collector's CA; null for none
 */
record Attachment(Path proc, Path jar, Properties settings, byte @Nullable [] ca) {
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(90);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 100;
  private static final int LINE_MAX_CHARS = 2_000;
  private static final Pattern RETURN_CODE = Pattern.compile("return code: (-?\\d+)");

  /** Words that begin the lines of the agent's answer. */
  static final String NOT_STARTED = "not started: ";

  static final String CONNECTED = "connected";
  static final String NOT_CONNECTED = "not connected";

  /**
   * Loads it.
   *
   * @return what the agent says: its own line, and whether it has reached the collector
   * @throws Refusal if it cannot be loaded
   */
  String run(TargetProcess target) throws Refusal, InterruptedException {
    try {
      TargetProcess self = TargetProcess.self(proc);
      AttachSocket socket = AttachSocket.of(target.folder(), target.temporary(), target.innerPid());
      TargetChecks checks = new TargetChecks(target, self);
      checks.beforeSocket(socket);
      Owner owner = Owner.of(target, self);
      new ListenerStart(target, socket, owner).run();
      checks.bySocket(socket);
      try (TargetFolder folder = TargetFolder.create(target.temporary(), owner)) {
        return load(target, socket, folder);
      }
    } catch (IOException e) {
      throw new Refusal(
          target.alive() ? "it failed: " + e : "the process ended meanwhile",
          "see the reason; a full /tmp needs 12 MiB for a short time, and root needs the"
              + " capabilities CHOWN and DAC_OVERRIDE for a JVM of another user");
    }
  }

  private String load(TargetProcess target, AttachSocket socket, TargetFolder folder)
      throws IOException, Refusal, InterruptedException {
    String options = folder.fill(jar, settings, ca);
    AttachSocket.Answer answer = socket.execute(LOAD_LIMIT, "load", "instrument", "false", options);
    folder.deleteSettings();
    String failure = failure(answer);
    if (failure != null) {
      throw new Refusal(
          "the JVM did not load the agent: " + failure,
          "look at the application's standard error; an image without the module java.instrument"
              + " cannot load any agent");
    }
    return agentsAnswer(target, folder);
  }

  /** Why the JVM did not load it; null if it did. */
  static @Nullable String failure(AttachSocket.Answer answer) {
    String text = Printable.text(answer.text().strip(), LINE_MAX_CHARS);
    if (answer.silent()) {
      return "no answer";
    }
    if (answer.code() != 0) {
      return "HotSpot answers " + answer.code() + " " + text;
    }
    Matcher matcher = RETURN_CODE.matcher(text);
    if (matcher.find()) {
      return matcher.group(1).equals("0") ? null : "HotSpot answers " + text;
    }
    return text.isEmpty() || text.equals("0") ? null : text;
  }

  /** Waits until the agent has answered that it did not start, or how the connection went. */
  private static String agentsAnswer(TargetProcess target, TargetFolder folder)
      throws IOException, Refusal, InterruptedException {
    long endNanos = System.nanoTime() + ANSWER_LIMIT.toNanos();
    while (true) {
      List<String> lines = folder.answer();
      Optional<String> refused =
          lines.stream().filter(line -> line.startsWith(NOT_STARTED)).findFirst();
      if (refused.isPresent()) {
        throw refusal(Printable.text(refused.get(), LINE_MAX_CHARS));
      }
      boolean complete =
          lines.size() > 1
              && lines.stream()
                  .anyMatch(line -> line.startsWith(CONNECTED) || line.startsWith(NOT_CONNECTED));
      boolean late = System.nanoTime() > endNanos;
      if (complete || (late && !lines.isEmpty())) {
        String joined = String.join("; ", lines);
        return Printable.text(
            complete ? joined : joined + "; it is still starting", LINE_MAX_CHARS);
      }
      if (late || !target.alive()) {
        throw new Refusal(
            target.alive()
                ? "the agent was loaded and has not answered for " + ANSWER_LIMIT.toSeconds() + " s"
                : "the process ended meanwhile",
            "look at the application's standard error, and at whorl agents");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static Refusal refusal(String line) {
    if (line.contains("already")) {
      return new TargetChecks.AlreadyThere();
    }
    return new Refusal(
        "the agent " + line, "the reason names what stands in the way; see docs/attach.md");
  }
}
