package whorl.collector.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.http.request.Role;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.FakeTimeline;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestCollector.World;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.index.TimelineIndex;
import whorl.evidence.Id;

/** A collector with one piece of evidence and the ten rows of its timeline. */
abstract class TimelineFixture {
  static final Instant TIME = Instant.parse("2026-11-25T09:35:28Z");
  static final String CASE = "case-00000001";

  @TempDir Path root;
  final World world = new World();
  final FakeTimeline timeline = new FakeTimeline();
  final FakeIndex index = new FakeIndex();
  final Map<String, List<Id>> cases = new HashMap<>();
  TestCollector collector;
  FakeClient viewer;
  Id evidence;

  /** An index whose state the test sets. */
  static final class FakeIndex implements TimelineIndex {
    final Map<Id, IndexStatus> states = new HashMap<>();
    final List<Id> wanted = new ArrayList<>();
    IndexStatus otherwise = IndexStatus.of(IndexStatus.State.READY, 1);

    @Override
    public IndexStatus status(Id evidence) {
      return states.getOrDefault(evidence, otherwise);
    }

    @Override
    public void wanted(Id evidence) {
      wanted.add(evidence);
      states.put(evidence, IndexStatus.of(IndexStatus.State.WAITING, 0));
    }

    @Override
    public void changed(Id evidence) {
      wanted(evidence);
    }

    @Override
    public void onReady(Consumer<Id> listener) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void open() throws IOException {
    collector = TestCollector.open(root, world);
    viewer =
        new FakeClient(
            new TimelineRoutes(
                    collector.store,
                    timeline,
                    index,
                    (request, id, limit) -> cases.get(id.value()),
                    SeenEvidence.ALL,
                    new ExportLog(collector.custody, world.now::get),
                    MarkedRows.NONE)
                .routes(),
            Role.VIEWER);
    evidence = ship();
    for (int i = 0; i < 10; i++) {
      timeline.add(
          evidence,
          TIME.plusSeconds(i),
          i % 2 == 0 ? "whorl.FileOpen" : "whorl.DnsLookup",
          Map.of(
              Column.CATEGORY, i % 2 == 0 ? "file" : "network",
              Column.MESSAGE, "message " + i,
              Column.THREAD_NAME, "http-" + i % 3,
              Column.REQUEST_ID, "request-" + i / 5,
              Column.STACK_TRACE, "shop.Cart.run(Cart.java:" + i + ")"));
    }
  }

  @AfterEach
  void close() throws IOException {
    collector.close();
  }

  Answer query(String query) {
    return at("/timeline?" + query);
  }

  Answer at(String path) {
    String target = "/api/v1/evidence/" + evidence + path;
    return viewer.get(target.endsWith("?") ? target.substring(0, target.length() - 1) : target);
  }

  List<String> exported() {
    return exported(evidence);
  }

  List<String> exported(Id of) {
    try {
      return collector.custody.entries(of).stream()
          .filter(entry -> entry.action().equals("exported"))
          .map(entry -> entry.detail().get("what"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Id ship() {
    FakeAgent agent = new FakeAgent().with("recording.jfr", "0123456789").seal();
    world.keys.put(agent.id, agent.key.publicKey());
    assertThat(agent.shipAll(collector.agentClient).status()).isEqualTo(204);
    return agent.evidence;
  }
}
