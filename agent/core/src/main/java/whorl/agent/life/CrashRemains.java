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
 * The files left behind by a JVM that crashed or was killed.
 *
 * @param errorLog HotSpot's {@code hs_err_pid….log}; null if there is none: then it was killed
 * @param emergencyDump the recording that HotSpot wrote when it crashed; null if there is none
 */
record CrashRemains(RunRecord run, @Nullable Path errorLog, @Nullable Path emergencyDump) {
  /** A marker's time is the agent's start, a little after the JVM's own. */
  private static final Duration START_TOLERANCE = Duration.ofMinutes(1);

  /** Finds the files where HotSpot writes them. */
  static CrashRemains of(RunRecord run) {
    Path errorLog = null;
    for (Path candidate : candidates(run)) {
      if (errorLog == null && isFromRun(candidate, run)) {
        errorLog = candidate;
      }
    }
    Path dump = null;
    for (Path folder : folders(run, errorLog)) {
      Path candidate = folder.resolve("hs_err_pid" + run.pid() + ".jfr");
      if (dump == null && isFromRun(candidate, run)) {
        dump = candidate;
      }
    }
    return new CrashRemains(run, errorLog, dump);
  }

  /** True if HotSpot itself noticed the failure. */
  boolean crashed() {
    return errorLog != null;
  }

  private static List<Path> folders(RunRecord run, @Nullable Path errorLog) {
    List<Path> folders = new ArrayList<>();
    Path beside = errorLog == null ? null : errorLog.getParent();
    if (beside != null) {
      folders.add(beside);
    }
    folders.add(run.workingFolder());
    folders.add(run.temporaryFolder());
    return folders;
  }

  private static List<Path> candidates(RunRecord run) {
    String name = "hs_err_pid" + run.pid() + ".log";
    List<Path> candidates = new ArrayList<>();
    String configured = run.errorFile();
    if (configured != null) {
      try {
        candidates.add(
            run.workingFolder()
                .resolve(configured.replace("%p", Long.toString(run.pid())).replace("%%", "%")));
      } catch (InvalidPathException notAPath) {
        // HotSpot could not use such a path either.
      }
    }
    candidates.add(run.workingFolder().resolve(name));
    candidates.add(run.temporaryFolder().resolve(name));
    candidates.add(Path.of("/tmp").resolve(name));
    return candidates;
  }

  private static boolean isFromRun(Path file, RunRecord run) {
    try {
      Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) > 0
          && written.isAfter(run.startedAt().minus(START_TOLERANCE));
    } catch (IOException absent) {
      return false;
    }
  }
}
