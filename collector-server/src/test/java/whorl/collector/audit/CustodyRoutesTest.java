package whorl.collector.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.proof.ProofMaker;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.custody.proof.Tile;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.export.SeenEvidence;
import whorl.collector.http.request.Role;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Id;

/** The custody log as other programs read it: C2SP tlog-tiles below {@code /api/v1/custody}. */
class CustodyRoutesTest {
  private static final String PATH = "/api/v1/custody/";

  @TempDir private Path folder;
  private TestCollector collector;
  private FakeClient viewer;
  private FakeClient admin;

  @BeforeEach
  void open() throws Exception {
    collector = TestCollector.open(folder);
    CustodyRoutes routes =
        new CustodyRoutes(
            collector.custody, collector.publisher, collector.store, SeenEvidence.ALL);
    viewer = new FakeClient(routes.routes(), Role.VIEWER);
    admin = new FakeClient(routes.routes(), Role.ADMIN);
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
  }

  @Test
  void beforeTheFirstCheckpoint_thereIsNone() {
    assertThat(viewer.get(PATH + "checkpoint").status()).isEqualTo(404);
    assertThat(viewer.get(PATH + "tile/0/000.p/1").status()).isEqualTo(404);
  }

  @Test
  void reader_canComputeTheSignedRootFromTheTiles() throws Exception {
    append(300);
    collector.publisher.publish();

    SignedCheckpoint checkpoint = SignedCheckpoint.parse(viewer.get(PATH + "checkpoint").body());
    VerifierKey key =
        VerifierKey.parse(new String(viewer.get(PATH + "key").body(), StandardCharsets.UTF_8));
    assertThat(checkpoint.isSignedBy(key)).isTrue();
    assertThat(checkpoint.size()).isEqualTo(300);
    ProofMaker maker = new ProofMaker(path -> viewer.get(PATH + path.path()).body(), 300);
    assertThat(maker.root(300)).isEqualTo(checkpoint.root());
  }

  @Test
  void entries_areForAdmins() throws Exception {
    append(3);
    collector.publisher.publish();

    assertThat(viewer.get(PATH + "tile/entries/000.p/3").status()).isEqualTo(403);
    Answer entries = admin.get(PATH + "tile/entries/000.p/3");
    assertThat(entries.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(Tile.leaves(entries.body()))
        .containsExactlyElementsOf(collector.custody.lines(new Id("evidence-one")));
  }

  @Test
  void whatIsNoTile_isNotFound() throws Exception {
    append(3);
    collector.publisher.publish();
    for (String path : new String[] {"0/000", "0/000.p/4", "9/000", "../log.key", "0/0"}) {
      assertThat(admin.get(PATH + "tile/" + path).status()).as(path).isEqualTo(404);
    }
  }

  private void append(int entries) throws Exception {
    for (int i = 0; i < entries; i++) {
      collector.custody.append(
          CustodyAction.EXPORTED, new Id("evidence-one"), "token viewer", Map.of("n", "" + i));
    }
  }
}
