package whorl.agent;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.files.FilesSource;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.config.AgentConfig;
import whorl.agent.event.EventSink;
import whorl.agent.ship.spool.Spool;

/**
 * Lists the agent's own files and the files that hold secrets, for the source that reads all files.
 */
final class FilesWiring {
  /** Where Kubernetes and Podman put service account tokens and secrets. */
  private static final Set<Path> PLATFORM =
      Set.of(Path.of("/var/run/secrets"), Path.of("/run/secrets"));

  /** How many of the newest events are searched for file writes. */
  private static final int EVENTS = 2_048;

  private FilesWiring() {}

  /**
   * Returns the first file source, and the one that runs after files were named.
   *
   * @param late facts about a start in a JVM that already ran; null for one before {@code main}
   */
  static List<ArtifactSource> sources(
      AgentConfig config,
      PackageOpener opener,
      Spool spool,
      EventSink sink,
      @Nullable LateStart late) {
    Set<Path> ours = new HashSet<>();
    add(ours, config.evidenceDir());
    if (late != null) {
      add(ours, OwnJar.path()); // deleted, and still open
    }
    Set<Path> secrets = new HashSet<>(PLATFORM);
    add(secrets, config.collector().tokenFile());
    add(secrets, config.collector().clientKey());
    Instant started = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    FilesSource first =
        new FilesSource(
            new ProcFs(Path.of("/")),
            opener,
            new FilesSource.Circumstances(
                started, ours, secrets, spool::roomBytes, () -> sink.newest(EVENTS)));
    return List.of(first, first.later());
  }

  private static void add(Set<Path> paths, @Nullable Path path) {
    if (path != null) {
      paths.add(path.toAbsolutePath().normalize());
    }
  }
}
