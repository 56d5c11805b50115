package whorl.collector.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import whorl.collector.custody.verify.OfflineVerifier;
import whorl.collector.testkit.Answer;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * People and other systems during the faults: they ask for captures, send alerts, read evidence,
 * and keep checkpoints. What was acknowledged must be there each time.
 */
final class Responder implements Runnable {
  private static final long PAUSE_MILLIS = 300;
  private static final byte[] NOTHING = {};

  private final Run run;
  private final String responder;
  private final String alert;
  private final Random random;
  private final Path folder;
  private int number;

  /**
   * @param which of several; its keys and files differ from those of the others
   */
  Responder(Run run, Cluster cluster, int which, Random random, Path folder) throws IOException {
    this.number = which * 1_000_000;
    this.run = run;
    this.responder = cluster.token("responder");
    this.alert = cluster.token("alert");
    this.random = random;
    this.folder = folder;
  }

  @Override
  public void run() {
    while (!run.isCalm()) {
      number++;
      try {
        switch (random.nextInt(8)) {
          case 0, 1 -> requestCaptures();
          case 2 -> sendAlert();
          case 3 -> keepCheckpoint();
          case 4 -> list();
          case 5 -> verifyOne();
          default -> readOne();
        }
      } catch (IOException e) {
        run.tally().count("requests of people that failed");
      } catch (RuntimeException e) {
        run.ledger().violation("a request of a person had a strange answer: %s", e);
      }
      ServerProcess.pause(PAUSE_MILLIS);
    }
  }

  /** The same key until it is answered: then the captures exist, once. */
  private void requestCaptures() throws IOException {
    String service = "service-" + random.nextInt(20);
    String artifacts = random.nextInt(6) == 0 ? ",\"artifacts\":[\"heap\",\"threads\"]" : "";
    byte[] body =
        ("{\"target\":{\"service\":\"" + service + "\"},\"reason\":\"a test\"" + artifacts + "}")
            .getBytes(StandardCharsets.UTF_8);
    String key = "faults-" + number;
    Map<String, String> headers = new HashMap<>(Http.JSON);
    headers.put("Idempotency-Key", key);
    for (int attempt = 0; attempt < 20 && !run.isOver(); attempt++) {
      Answer answer;
      try {
        answer = run.http().call("captures", responder, "POST", "/api/v1/captures", headers, body);
      } catch (IOException e) {
        ServerProcess.pause(PAUSE_MILLIS);
        continue;
      }
      if (answer.status() == 202) {
        Map<Id, Id> agents = new HashMap<>();
        for (JsonNode each : answer.json().get("captures")) {
          agents.put(new Id(each.get("id").asText()), new Id(each.get("agent").asText()));
        }
        run.ledger().captures(key, agents);
        run.tally().add("captures requested", agents.size());
        if (random.nextInt(3) > 0) {
          return;
        }
      } else if (answer.status() == 404 || answer.status() == 429) {
        return; // nobody of them is connected, or too many are open
      }
      ServerProcess.pause(PAUSE_MILLIS);
    }
  }

  private void sendAlert() throws IOException {
    byte[] body =
        ("{\"rule\":\"outside-" + number + "\",\"target\":{\"service\":\"none\"}}")
            .getBytes(StandardCharsets.UTF_8);
    Answer answer =
        run.http().call("alert", alert, "POST", "/api/v1/alerts/generic", Http.JSON, body);
    if (answer.status() == 202) {
      run.ledger().alert(new Id(answer.json().get("alert").asText()));
      run.tally().count("alerts from outside");
    }
  }

  private void keepCheckpoint() throws IOException {
    Answer answer = get("checkpoint", "/api/v1/custody/checkpoint");
    if (answer.status() == 200) {
      run.ledger().checkpoint(answer.text());
    }
  }

  private void list() throws IOException {
    String kind = List.of("evidence", "captures", "alerts", "agents").get(random.nextInt(4));
    get("list of " + kind, "/api/v1/" + kind + "?limit=50");
  }

  /** Evidence whose seal was acknowledged is never unknown. */
  private void readOne() throws IOException {
    Piece piece = anyPiece();
    if (piece == null) {
      return;
    }
    String path = "/api/v1/evidence/" + piece.evidence();
    Answer answer = get("evidence", path);
    if (answer.status() == 200) {
      String state = answer.json().get("state").asText();
      if (!state.equals("sealed")) {
        run.ledger().violation("sealed evidence %s is %s", piece.evidence(), state);
      }
      Answer content = get("artifact", path + "/artifacts/threads.txt");
      Digest expected = piece.artifacts().get("threads.txt").sha256();
      if (content.status() == 200 && !Digest.of(content.body()).equals(expected)) {
        run.ledger().violation("evidence %s: threads.txt differs", piece.evidence());
      }
      expect(content, "artifact of " + piece.evidence());
    }
    expect(answer, "evidence " + piece.evidence());
  }

  private void verifyOne() throws IOException {
    Piece piece = anyPiece();
    if (piece == null || piece.bytes() > 2 << 20) {
      return;
    }
    Answer bag =
        run.http()
            .call(
                "bag",
                responder,
                "GET",
                "/api/v1/evidence/" + piece.evidence() + "/bag",
                Map.of(),
                NOTHING,
                Duration.ofSeconds(90));
    expect(bag, "bag of " + piece.evidence());
    if (bag.status() == 200) {
      Path file = folder.resolve("bag-" + number + ".zip");
      Files.write(file, bag.body());
      List<String> problems = new OfflineVerifier(InstantSource.system()).verify(file).problems();
      if (problems.isEmpty()) {
        Files.delete(file);
        run.tally().count("bags verified during the faults");
      } else {
        run.ledger().violation("bag %s of %s: %s", file, piece.evidence(), problems);
      }
    }
  }

  private void expect(Answer answer, String what) {
    if (answer.status() != 200 && answer.status() < 500 && answer.status() != 429) {
      run.ledger().violation("%s: %d %s", what, answer.status(), answer.text());
    }
  }

  private Piece anyPiece() {
    List<Piece> all = List.copyOf(run.ledger().sealed().values());
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  private Answer get(String what, String path) throws IOException {
    Answer answer = run.http().call(what, responder, "GET", path, Map.of(), NOTHING);
    if (Set.of(200).contains(answer.status())
        && "application/json".equals(answer.header("Content-Type"))) {
      Json.MAPPER.readTree(answer.body());
    }
    return answer;
  }
}
