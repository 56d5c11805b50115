package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must hold before the agent is loaded. Nothing here changes the JVM: the checks before its
 * socket is opened read {@code /proc}, the others ask over the socket.
 */
final class TargetChecks {
  private static final int OLDEST_JAVA = 17;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern VERSION = Pattern.compile("\\bJDK (\\d+)");
  private static final String CAPABILITY =
      "run the command as root with the capability SYS_PTRACE, or as user ";

  private final TargetProcess target;
  private final TargetProcess self;

  TargetChecks(TargetProcess target, TargetProcess self) {
    this.target = target;
    this.self = self;
  }

  /**
   * The checks before anything is done.
   *
   * @throws Refusal with the first that fails
   */
  void beforeSocket(AttachSocket socket) throws Refusal {
    if (!target.accessible()) {
      throw new Refusal(
          "this process may not look into process "
              + target.pid()
              + ", which runs as user "
              + target.uid()
              + ", group "
              + target.gid(),
          CAPABILITY
              + target.uid()
              + ", group "
              + target.gid()
              + " with no fewer capabilities"
              + " than the application has; in Kubernetes set runAsUser of the debug container");
    }
    kind();
    if (target.hasAgent()) {
      throw new AlreadyThere();
    }
    user();
    temporaryFolder();
    if (flags().on("DisableAttachMechanism")) {
      throw new Refusal(
          "the JVM runs with -XX:+DisableAttachMechanism",
          "start the application without this option, or with -javaagent");
    }
    if (!target.quitCaught() && !socket.listens()) {
      throw new Refusal(
          "the process does not handle SIGQUIT, so asking it to listen would end it: it runs with"
              + " -Xrs, or has only just started",
          "try again in some seconds; with -Xrs restart it with -XX:+StartAttachListener or"
              + " -javaagent");
    }
  }

  private void kind() throws Refusal {
    try {
      if (target.hasOpenJ9()) {
        throw new Refusal(
            "the JVM is OpenJ9, which the agent does not support",
            "run the application on HotSpot (OpenJDK, Temurin, Corretto, GraalVM)");
      }
      if (!target.hasJvm()) {
        throw new Refusal(
            "process " + target.pid() + " is no JVM: it does not run libjvm.so",
            "give the process id of the java program; a native image cannot load an agent");
      }
    } catch (IOException forbidden) {
      throw new Refusal(
          "the kernel does not let this process read the maps of " + target.pid(),
          CAPABILITY + target.uid());
    }
  }

  /** HotSpot serves the user it runs as, with the same group, and root of its own namespace. */
  private void user() throws Refusal {
    if (target.uid() == self.uid() && target.gid() == self.gid()) {
      return;
    }
    String as = "user " + target.uid() + ", group " + target.gid();
    if (self.uid() != 0) {
      throw new Refusal(
          "the JVM runs as "
              + as
              + " and serves only these and root; this process is user "
              + self.uid()
              + ", group "
              + self.gid(),
          "run the command as " + as + ", or as root");
    }
    String namespace = target.link("ns/user");
    if (namespace == null || !namespace.equals(self.link("ns/user"))) {
      throw new Refusal(
          "the JVM is in another user namespace, where root of this one is nobody",
          "run the command as "
              + as
              + " (setpriv --reuid "
              + target.uid()
              + " --regid "
              + target.gid()
              + " --clear-groups), or inside of that namespace");
    }
  }

  private void temporaryFolder() throws Refusal {
    Path temporary = target.temporary();
    if (Files.isSymbolicLink(temporary) || !Files.isDirectory(temporary)) {
      throw new Refusal(
          "the JVM's /tmp is no folder",
          "HotSpot puts its attach socket into /tmp: mount an emptyDir or a tmpfs there");
    }
    if (!Files.isWritable(temporary)) {
      throw new Refusal(
          "the JVM's /tmp is not writable, perhaps on a read-only root",
          "HotSpot puts its attach socket into /tmp: mount an emptyDir or a tmpfs there, or start"
              + " the application with -javaagent");
    }
  }

  private JvmFlags flags() {
    return new JvmFlags(
        target.commandLine(), target.environment(), target.root(), target.folder().resolve("cwd"));
  }

  /**
   * The checks that need the JVM's answer.
   *
   * @throws Refusal with the first that fails
   */
  void bySocket(AttachSocket socket) throws Refusal, IOException {
    String foreign = socket.foreign();
    if (foreign != null) {
      throw new Refusal(foreign, "give each of these containers a /tmp of its own");
    }
    AttachSocket.Answer version = socket.execute(LIMIT, "jcmd", "VM.version");
    if (version.silent()) {
      throw new Refusal(
          "the JVM closed the connection: it does not accept user " + self.uid(),
          "run the command as user " + target.uid() + ", group " + target.gid());
    }
    int java = feature(version.text());
    if (java < OLDEST_JAVA) {
      throw new Refusal(
          "the JVM is Java "
              + (java == 0 ? "of an unknown version" : java)
              + "; the agent needs 17 or newer",
          "run the application on Java 17 or newer");
    }
    AttachSocket.Answer loading = socket.execute(LIMIT, "printflag", "EnableDynamicAgentLoading");
    if (loading.text().contains("-XX:-EnableDynamicAgentLoading")) {
      throw new Refusal(
          "the JVM runs with -XX:-EnableDynamicAgentLoading",
          "start the application without this option, or with -javaagent");
    }
  }

  /** The feature release in the output of VM.version; 0 if it names none. */
  static int feature(String versions) {
    Matcher matcher = VERSION.matcher(versions);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** The agent is in this JVM: for {@code --all} no failure. */
  static final class AlreadyThere extends Refusal {
    private static final long serialVersionUID = 1;

    AlreadyThere() {
      super(
          "the agent is already in this JVM",
          "nothing, if whorl agents lists it at its collector; else its address, token or authority"
              + " is wrong, and it keeps them until the application restarts");
    }
  }
}
