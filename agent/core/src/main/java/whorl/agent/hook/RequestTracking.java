package whorl.agent.hook;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventSink;
import whorl.agent.hook.handover.Handover;
import whorl.agent.hook.handover.HandoverPoints;
import whorl.agent.hook.http.HttpHooks;
import whorl.agent.hook.http.Requests;
import whorl.agent.hook.weave.Holder;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.Weaver;

/** HTTP requests and the tasks handed over from them. The first request arms the task hooks. */
final class RequestTracking {
  private final Handover handover = new Handover();
  private final Requests requests;
  private volatile @Nullable Holder holder;

  RequestTracking(EventSink sink) {
    this.requests = new Requests(sink, new HandoverArming());
  }

  List<Hook> hooks() {
    return HttpHooks.of(requests);
  }

  void addTo(Weaver weaver) {
    HandoverPoints.addTo(weaver);
  }

  /** Must be called before anything is woven: it loads what is needed later. */
  void prepare(Holder used) {
    handover.warmUp();
    holder = used;
  }

  Map<String, Long> losses() {
    return Map.of("requests.lost", requests.lost(), "requests.tasksLost", handover.lost());
  }

  void tidy() {
    handover.tidy();
  }

  /** A named class, because a method reference takes long to link before main. */
  private final class HandoverArming implements Runnable {
    @Override
    public void run() {
      Holder used = holder;
      if (used != null) {
        used.armTasks(handover);
      }
    }
  }
}
