package whorl.collector.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import whorl.collector.testkit.Answer;

/** Custody is one log: it continues every checkpoint that was seen, and its entries are chained. */
final class CustodyCheck {
  private static final byte[] NOTHING = {};
  private static final int CHECKPOINTS_AT_ONCE = 100;

  private final Run run;
  private final Cluster cluster;
  private final Path folder;

  CustodyCheck(Run run, Cluster cluster, Path folder) {
    this.run = run;
    this.cluster = cluster;
    this.folder = folder;
  }

  void check() throws IOException {
    Answer answer = get("/api/v1/custody");
    JsonNode custody = answer.json();
    run.tally().highest("entries of the custody log", custody.path("size").asLong());
    if (!custody.path("doubts").isEmpty()) {
      run.ledger().violation("custody is in doubt: %s", custody.path("doubts"));
    }
    checkpoints();
    entries();
  }

  private void checkpoints() throws IOException {
    List<String> notes = run.ledger().checkpoints();
    run.tally().add("checkpoints kept during the faults", notes.size());
    Path kept = Files.createDirectories(folder.resolve("checkpoints"));
    List<String> options = new ArrayList<>();
    for (int i = 0; i < notes.size(); i++) {
      Path file = Files.writeString(kept.resolve("checkpoint-" + i + ".txt"), notes.get(i));
      options.add("--checkpoint");
      options.add(file.toString());
    }
    for (int i = 0; i < options.size(); i += 2 * CHECKPOINTS_AT_ONCE) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  Path.of("target/whorl-collector.jar").toAbsolutePath().toString(),
                  "custody",
                  "--url",
                  cluster.url(),
                  "--token",
                  cluster.token("viewer")));
      command.addAll(options.subList(i, Math.min(options.size(), i + 2 * CHECKPOINTS_AT_ONCE)));
      try {
        ServerProcess.run(command, Duration.ofMinutes(10));
      } catch (IOException e) {
        run.ledger().violation("the log does not continue its checkpoints: %s", e.getMessage());
      }
    }
  }

  /** Each sealed piece has its entries, chained, and one of them that it was sealed. */
  private void entries() throws IOException {
    for (Piece piece : run.ledger().sealed().values()) {
      Answer answer = get("/api/v1/custody?limit=1000&evidence=" + piece.evidence());
      Map<String, Integer> actions = new HashMap<>();
      String prev = null;
      for (JsonNode entry : answer.json().path("entries")) {
        actions.merge(entry.get("action").asText(), 1, Integer::sum);
        String before = entry.path("prevOfEvidence").asText(null);
        if (prev != null && !prev.equals(before)) {
          run.ledger()
              .violation(
                  "custody of %s is not chained: %s after %s", piece.evidence(), entry, prev);
        }
        prev = entry.get("hash").asText();
      }
      if (actions.getOrDefault("sealed", 0) != 1 || actions.getOrDefault("received", 0) != 1) {
        run.ledger().violation("custody of %s has %s", piece.evidence(), actions);
      }
    }
  }

  private Answer get(String path) throws IOException {
    return run.http()
        .call("custody after the faults", cluster.token("admin"), "GET", path, Map.of(), NOTHING);
  }
}
