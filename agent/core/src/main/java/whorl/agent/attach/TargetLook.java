package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of another JVM without changing it.
 *
 * @param name for people
 * @param root of its file system, as a path that is valid here
 * @param hasAgent true if threads of the agent run in it
 * @param loading why the agent could not be loaded into it now; null if it could, or has it
 * @param loadingRemedy what to do about that
 * @param heapBytes its largest heap; 0 if it does not say
 */
public record TargetLook(
    String name,
    Path root,
    List<String> commandLine,
    List<String> environment,
    boolean hasAgent,
    @Nullable String loading,
    @Nullable String loadingRemedy,
    long heapBytes) {
  private static final Path PROC = Path.of("/proc");
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Pattern HEAP = Pattern.compile("MaxHeapSize=(\\d+)");

  /** Why nothing can be seen of a process, and what to do about it. */
  public static final class Unseen extends Exception {
    private static final long serialVersionUID = 1;
    private final String remedy;

    Unseen(Refusal refusal) {
      super(refusal.reason(), null, false, false);
      this.remedy = refusal.remedy();
    }

    public String remedy() {
      return remedy;
    }
  }

  /**
   * Looks at a process.
   *
   * @throws Unseen if there is none, or if this process may not look into it
   */
  public static TargetLook of(long pid) throws Unseen {
    try {
      TargetProcess target = TargetProcess.of(PROC, pid);
      AttachSocket socket = AttachSocket.of(target.folder(), target.temporary(), target.innerPid());
      Refusal refusal = refusal(target, socket);
      if (refusal != null && !target.accessible()) {
        throw refusal;
      }
      return new TargetLook(
          target.describe(),
          target.root(),
          target.commandLine(),
          target.environment(),
          target.hasAgent(),
          refusal == null ? null : refusal.reason(),
          refusal == null ? null : refusal.remedy(),
          heap(socket));
    } catch (Refusal refusal) {
      throw new Unseen(refusal);
    }
  }

  private static @Nullable Refusal refusal(TargetProcess target, AttachSocket socket)
      throws Refusal {
    try {
      new TargetChecks(target, TargetProcess.self(PROC)).beforeSocket(socket);
      return null;
    } catch (TargetChecks.AlreadyThere there) {
      return null;
    } catch (Refusal refusal) {
      return refusal;
    }
  }

  /** Asks only a JVM that listens already: to have it listen would change it. */
  private static long heap(AttachSocket socket) {
    if (!socket.listens() || socket.foreign() != null) {
      return 0;
    }
    try {
      String flag = socket.execute(LIMIT, "printflag", "MaxHeapSize").text();
      Matcher matcher = HEAP.matcher(flag);
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    } catch (IOException silent) {
      return 0;
    }
  }
}
