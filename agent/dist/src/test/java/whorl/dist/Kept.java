package whorl.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import whorl.evidence.EventLine;
import whorl.evidence.Json;

/** Evidence that a child JVM without a collector keeps in a folder. */
final class Kept {
  private static final long LIMIT_SECONDS = 110;

  private final Path folder;
  private final Path kept;
  private @Nullable Path otherAgent;

  /**
   * @param folder for all that the child writes
   */
  Kept(Path folder) {
    this.folder = folder;
    this.kept = folder.resolve("kept");
  }

  /** One more agent, which starts after ours. */
  Kept withAgentAfter(Path jar) {
    otherAgent = jar;
    return this;
  }

  /** What came of a run. */
  record Run(ChildJvm.Outcome outcome, @Nullable Path evidence) {}

  /**
   * Runs the program with the agent until its evidence is sealed; it is handed a folder and ends
   * when a file {@code done} appears there.
   */
  Run run(ChildJvm jvm, Class<?> program) throws Exception {
    return run(jvm.variable("WHORL_CAPTURE_AFTER", "2s"), program.getName());
  }

  /** As above, a program of this class name, with the settings that are there. */
  Run run(ChildJvm jvm, String program) throws Exception {
    Path work = Files.createDirectories(folder.resolve("work"));
    Path own = Files.createDirectories(folder.resolve("own"));
    jvm.withAgent()
        .variable("WHORL_RECORDING_DIR", own.toString())
        .variable("WHORL_EVIDENCE_DIR", kept.toString())
        .variable("WHORL_CAPTURE_ON_EXIT", "never");
    if (otherAgent != null) {
      jvm.option("-javaagent:" + otherAgent);
    }
    CompletableFuture<ChildJvm.Outcome> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return jvm.run(program, work.toString());
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Awaitility.await()
        .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
        .until(() -> running.isDone() || sealed(kept) != null);
    Files.createFile(work.resolve("done"));
    return new Run(running.get(), sealed(kept));
  }

  static List<EventLine> events(Path evidence) throws IOException {
    List<EventLine> events = new ArrayList<>();
    for (String line : Files.readAllLines(evidence.resolve("events.ndjson"))) {
      events.add(Json.MAPPER.readValue(line, EventLine.class));
    }
    return events;
  }

  /** The evidence that is sealed in the folder, and has its name; null if there is none yet. */
  static @Nullable Path sealed(Path kept) throws IOException {
    if (!Files.isDirectory(kept)) {
      return null;
    }
    try (Stream<Path> folders = Files.list(kept)) {
      return folders
          .filter(one -> !one.getFileName().toString().startsWith("."))
          .filter(one -> Files.exists(one.resolve("manifest.dsse.json")))
          .findFirst()
          .orElse(null);
    }
  }
}
