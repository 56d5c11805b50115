package whorl.collector.cli.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.FakeCollector;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.TreeEdge;
import whorl.collector.custody.proof.TreeHash;
import whorl.evidence.Digest;

/** {@code whorl custody} without an id: the checkpoint, and what it continues. */
class LogProverTest {
  @TempDir private Path folder;
  private final CliRun cli = new CliRun();
  private final SignerKey key = SignerKey.make("test/log", new SecureRandom());
  private FakeCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
    serve(300, "leaf ");
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void custody_showsAndSavesTheCheckpoint_andProvesIt() throws Exception {
    Path kept = folder.resolve("kept.txt");

    assertThat(cli.run(collector, "custody", "--save", kept.toString())).isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).startsWith("300 entries, root ").contains("key test/log+");
    assertThat(SignedCheckpoint.parse(Files.readAllBytes(kept)).size()).isEqualTo(300);

    serve(700, "leaf ");
    assertThat(cli.run(collector, "custody", "--checkpoint", kept.toString()))
        .isEqualTo(ExitStatus.DONE);
    assertThat(cli.out()).contains("the log continues " + kept + ", of 300 entries");
  }

  @Test
  void doubts_areShownAndAccepted_withAReason() {
    collector
        .on("GET /api/v1/custody", "{'size':300,'doubts':['entry 7 was changed']}")
        .on("POST /api/v1/custody/acknowledge", "{'size':301,'doubts':[]}");

    assertThat(cli.run(collector, "custody", "--acknowledge", "compared with the backup"))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.err()).contains("accepted: entry 7 was changed");
    assertThat(collector.requests.get(1).body())
        .isEqualTo("{\"reason\":\"compared with the backup\"}");
    collector.on("GET /api/v1/custody", "{'size':301,'doubts':[]}");
    assertThat(cli.run(collector, "custody", "--acknowledge", "again"))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
    assertThat(collector.requests).hasSize(3);
  }

  @Test
  void logThatWasCutOffOrChanged_exitsThree() throws Exception {
    Path kept = folder.resolve("kept.txt");
    cli.run(collector, "custody", "--save", kept.toString());

    serve(299, "leaf ");
    assertThat(cli.run(collector, "custody", "--checkpoint", kept.toString()))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("the log has only 299 entries: it was cut off");

    serve(700, "other ");
    assertThat(cli.run(collector, "custody", "--checkpoint", kept.toString()))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("the log does not continue it: entries were changed");
  }

  @Test
  void checkpointOfAnotherLog_exitsThree() throws Exception {
    Path kept = folder.resolve("kept.txt");
    SignerKey other = SignerKey.make("other/log", new SecureRandom());
    Files.write(kept, SignedCheckpoint.sign(3, Digest.of(new byte[0]), other).bytes());

    assertThat(cli.run(collector, "custody", "--checkpoint", kept.toString(), "--json"))
        .isEqualTo(ExitStatus.VERIFICATION_FAILED);
    assertThat(cli.out()).contains("not signed with the key of this log");
  }

  private void serve(int leaves, String text) throws Exception {
    TreeEdge edge = new TreeEdge();
    Map<String, byte[]> tiles = new HashMap<>();
    for (int i = 0; i < leaves; i++) {
      edge.add(
          TreeHash.leaf((text + i).getBytes(StandardCharsets.UTF_8)),
          (path, hashes) -> tiles.put(path.path(), Tile.bytes(hashes)));
    }
    edge.partialTiles((path, hashes) -> tiles.put(path.path(), Tile.bytes(hashes)));
    answer("checkpoint", SignedCheckpoint.sign(leaves, edge.root(), key).bytes());
    answer("key", (key.verifier() + "\n").getBytes(StandardCharsets.UTF_8));
    tiles.forEach(this::answer);
  }

  private void answer(String path, byte[] content) {
    collector.on("GET /api/v1/custody/" + path, FakeCollector.Answer.bytes(content));
  }
}
