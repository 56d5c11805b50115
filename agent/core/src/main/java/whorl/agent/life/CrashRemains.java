package whorl.agent.life;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM that was cut off left behind.
 *
 * @param errorLog HotSpot's {@code hs_err_pid….log}; null where there is none: then it was killed
 * @param emergencyDump the recording that HotSpot wrote when it crashed; null where there is none
 */
record CrashRemains(RunRecord life, @Nullable Path errorLog, @Nullable Path emergencyDump) {
  /** A mark's time is the agent's start, a little after the JVM's own. */
  private static final Duration BEFORE = Duration.ofMinutes(1);

  /** Looks where HotSpot leaves them. */
  static CrashRemains of(RunRecord life) {
    Path found = null;
    for (Path candidate : candidates(life)) {
      if (found == null && ofThatLife(candidate, life)) {
        found = candidate;
      }
    }
    Path dump = null;
    for (Path folder : folders(life, found)) {
      Path candidate = folder.resolve("hs_err_pid" + life.pid() + ".jfr");
      if (dump == null && ofThatLife(candidate, life)) {
        dump = candidate;
      }
    }
    return new CrashRemains(life, found, dump);
  }

  /** Whether HotSpot itself noticed that something was wrong. */
  boolean crashed() {
    return errorLog != null;
  }

  private static List<Path> folders(RunRecord life, @Nullable Path errorLog) {
    List<Path> folders = new ArrayList<>();
    Path beside = errorLog == null ? null : errorLog.getParent();
    if (beside != null) {
      folders.add(beside);
    }
    folders.add(life.workingFolder());
    folders.add(life.temporaryFolder());
    return folders;
  }

  private static List<Path> candidates(RunRecord life) {
    String name = "hs_err_pid" + life.pid() + ".log";
    List<Path> candidates = new ArrayList<>();
    String given = life.errorFile();
    if (given != null) {
      try {
        candidates.add(
            life.workingFolder()
                .resolve(given.replace("%p", Long.toString(life.pid())).replace("%%", "%")));
      } catch (InvalidPathException notAPath) {
        // Then HotSpot had no use for it either.
      }
    }
    candidates.add(life.workingFolder().resolve(name));
    candidates.add(life.temporaryFolder().resolve(name));
    candidates.add(Path.of("/tmp").resolve(name));
    return candidates;
  }

  private static boolean ofThatLife(Path file, RunRecord life) {
    try {
      Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) > 0
          && written.isAfter(life.startedAt().minus(BEFORE));
    } catch (IOException absent) {
      return false;
    }
  }
}
