package whorl.agent.registration;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JDK's own HTTP server, and what lives in threads, timers and pools. */
final class JdkWalk {
  private static final int MAX_DEPTH = 4;

  private final Walk walk;
  private final Peek peek;

  JdkWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void server(Object server) {
    for (Object context : peek.elements(peek.at(server, "contexts", "list"))) {
      String path = peek.text(context, "path");
      walk.found("jdk-handler", peek.at(context, "handler"), path, server);
      walk.found("jdk-handler", peek.at(context, "authenticator"), path, server);
      for (Object filter : peek.elements(peek.at(context, "ufilters"))) {
        walk.found("filter", filter, path, server);
      }
    }
  }

  void threads() {
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      if (walk.over()) {
        return;
      }
      thread(thread);
    }
  }

  private void thread(Thread thread) {
    String name = thread.getName();
    Object task = peek.at(thread, "holder", "task");
    if (task == null) {
      task = peek.at(thread, "target");
    }
    if (task != null && isOurs(task.getClass())) {
      return;
    }
    if (thread.getClass() != Thread.class) {
      walk.found("thread", thread, name, thread);
    }
    task("thread", task, name, thread, 0);
    if (thread.getClass().getName().equals("java.util.TimerThread")) {
      for (Object scheduled : peek.elements(peek.at(thread, "queue", "queue"))) {
        task("timer", scheduled, name, thread, 0);
      }
    }
  }

  /** Whether the agent's own threads run such tasks; a name alone can be anybody's. */
  private static boolean isOurs(Class<?> task) {
    return task.getModule() == JdkWalk.class.getModule()
        && task.getName().startsWith("whorl.agent.AgentThreads$");
  }

  private void task(String kind, @Nullable Object task, String name, Object container, int depth) {
    if (task == null || depth > MAX_DEPTH) {
      return;
    }
    walk.found(kind, task, name, container);
    if (task.getClass().getClassLoader() == null) {
      // The JDK's wrappers around what others gave them.
      for (String field :
          new String[] {"callable", "task", "target", "firstTask", "fn", "action"}) {
        task(kind, peek.at(task, field), name, container, depth + 1);
      }
      if (depth == 0 && peek.at(task, "this$0") != null) {
        for (Object queued : peek.elements(peek.at(task, "this$0", "workQueue"))) {
          task("pool-task", queued, name, container, depth + 1);
        }
      }
    }
  }
}
