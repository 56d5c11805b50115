package whorl.collector.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.ChangedContent;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;
import whorl.evidence.Digest;

/** A collector with evidence and the page's routes. */
final class ViewRig implements AutoCloseable {
  final TestCollector collector;
  final ConfinedJvm confined;

  /** What somebody has changed in the object store. */
  final Set<Digest> changed = new HashSet<>();

  private final FakeClient viewer;

  ViewRig(Path root, ClassViews.Limits limits) throws IOException {
    collector = TestCollector.open(root);
    confined = new ConfinedJvm(collector.folder.confined("classes"), 1, Duration.ofSeconds(30));
    ExportLog exports = new ExportLog(collector.custody, InstantSource.system());
    EvidenceStore store = ChangedContent.of(collector.store, changed);
    List<Route> routes = new ArrayList<>(new TextRoutes(store, exports).routes());
    routes.addAll(new ClassRoutes(store, exports, confined, limits).routes());
    viewer = new FakeClient(routes, Role.VIEWER);
  }

  FakeAgent ship(FakeAgent agent) {
    Answer answer = agent.seal().shipAll(collector.agentClient);
    if (answer.status() != 204) {
      throw new AssertionError(answer.text());
    }
    return agent;
  }

  Answer get(FakeAgent of, String rest) {
    return viewer.get("/api/v1/evidence/" + of.evidence + rest);
  }

  @Override
  public void close() throws IOException {
    confined.close();
    collector.close();
  }
}
