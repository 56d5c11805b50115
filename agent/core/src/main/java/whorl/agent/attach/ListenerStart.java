package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Makes a JVM listen at its attach socket, as {@code jdk.attach} does: a file {@code .attach_pid}
 * in its {@code /tmp}, then SIGQUIT.
 *
 * <p>Without that file, or if the JVM listens already, SIGQUIT prints a thread dump into the
 * application's output. So it is sent once, by the process that created the file, and only to a JVM
 * that does not listen.
 */
final class ListenerStart {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final long POLL_MILLIS = 50;

  private final TargetProcess target;
  private final AttachSocket socket;
  private final Owner owner;

  ListenerStart(TargetProcess target, AttachSocket socket, Owner owner) {
    this.target = target;
    this.socket = socket;
    this.owner = owner;
  }

  /**
   * Returns when it listens.
   *
   * @throws Refusal if it does not within fifteen seconds
   */
  void run() throws Refusal, IOException, InterruptedException {
    if (socket.listens()) {
      return;
    }
    Path trigger = target.temporary().resolve(".attach_pid" + target.innerPid());
    boolean first = create(trigger);
    try {
      if (first) {
        QuitSignal.send(target.pid());
      }
      long endNanos = System.nanoTime() + LIMIT.toNanos();
      while (!socket.listens()) {
        if (!target.alive()) {
          throw new Refusal("the process has ended", "look at the application's output");
        }
        if (System.nanoTime() > endNanos) {
          throw new Refusal(
              first
                  ? "the JVM did not open its attach socket within " + LIMIT.toSeconds() + " s"
                  : "another process has been attaching to it for " + LIMIT.toSeconds() + " s",
              first
                  ? "try again when the application is less busy; a JVM that is stopped or hangs"
                      + " cannot be attached to"
                  : "delete " + trigger + " if that process is gone, and try again");
        }
        Thread.sleep(POLL_MILLIS);
      }
    } finally {
      if (first) {
        Files.deleteIfExists(trigger);
      }
    }
  }

  /** Returns false if another process created the file and has not deleted it yet. */
  private boolean create(Path trigger) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try {
        Files.createFile(trigger);
        give(trigger);
        return true;
      } catch (FileAlreadyExistsException exists) {
        if (attempt > 0 || !old(trigger)) {
          return false;
        }
        Files.deleteIfExists(trigger);
      }
    }
  }

  private void give(Path trigger) throws IOException {
    try {
      owner.give(trigger);
    } catch (IOException e) {
      Files.deleteIfExists(trigger);
      throw e;
    }
  }

  private static boolean old(Path trigger) throws IOException {
    long ageMillis =
        System.currentTimeMillis()
            - Files.getLastModifiedTime(trigger, LinkOption.NOFOLLOW_LINKS).toMillis();
    return ageMillis > 2 * LIMIT.toMillis();
  }
}
