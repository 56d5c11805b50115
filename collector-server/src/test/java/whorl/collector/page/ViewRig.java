package whorl.collector.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import whorl.collector.confine.ConfinedJvm;
import whorl.collector.export.ExportLog;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.FakeClient;
import whorl.collector.testkit.TestCollector;

/** A collector with evidence and the page's routes. */
final class ViewRig implements AutoCloseable {
  final TestCollector collector;
  final ConfinedJvm confined;
  private final FakeClient viewer;

  ViewRig(Path root, ClassViews.Limits limits) throws IOException {
    collector = TestCollector.open(root);
    confined = new ConfinedJvm(collector.folder.confined("classes"), 1, Duration.ofSeconds(30));
    ExportLog exports = new ExportLog(collector.custody, InstantSource.system());
    List<Route> routes = new ArrayList<>(new TextRoutes(collector.store, exports).routes());
    routes.addAll(new ClassRoutes(collector.store, exports, confined, limits).routes());
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
