package whorl.agent.registration;

import org.jspecify.annotations.Nullable;
import whorl.agent.thread.LiveThreads;

/** Walks the JDK's own HTTP server, and the tasks of threads, timers and pools. */
final class JdkWalk {
  private static final int MAX_DEPTH = 4;

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  JdkWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
  }

  void server(Object server) {
    for (Object context : fieldReader.elements(fieldReader.at(server, "contexts", "list"))) {
      String path = fieldReader.text(context, "path");
      registrationList.found("jdk-handler", fieldReader.at(context, "handler"), path, server);
      registrationList.found("jdk-handler", fieldReader.at(context, "authenticator"), path, server);
      for (Object filter : fieldReader.elements(fieldReader.at(context, "ufilters"))) {
        registrationList.found("filter", filter, path, server);
      }
    }
  }

  void threads(LiveThreads live) {
    for (Thread thread : live.list()) {
      if (registrationList.mustStop()) {
        return;
      }
      thread(thread);
    }
  }

  private void thread(Thread thread) {
    String name = thread.getName();
    Object task = fieldReader.task(thread);
    if (task != null && isOurs(task.getClass())) {
      return;
    }
    if (thread.getClass() != Thread.class) {
      registrationList.found("thread", thread, name, thread);
    }
    task("thread", task, name, thread, 0);
    if (thread.getClass().getName().equals("java.util.TimerThread")) {
      for (Object scheduled : fieldReader.elements(fieldReader.at(thread, "queue", "queue"))) {
        task("timer", scheduled, name, thread, 0);
      }
    }
  }

  /** True if the task is one of an agent thread; a name alone can be faked. */
  private static boolean isOurs(Class<?> task) {
    return task.getModule() == JdkWalk.class.getModule()
        && task.getName().startsWith("whorl.agent.thread.AgentThreads$");
  }

  private void task(String kind, @Nullable Object task, String name, Object container, int depth) {
    if (task == null || depth > MAX_DEPTH) {
      return;
    }
    registrationList.found(kind, task, name, container);
    if (task.getClass().getClassLoader() == null) {
      // The JDK's wrappers around given tasks.
      for (String field :
          new String[] {"callable", "task", "target", "firstTask", "fn", "action"}) {
        task(kind, fieldReader.at(task, field), name, container, depth + 1);
      }
      if (depth == 0 && fieldReader.at(task, "this$0") != null) {
        for (Object queued : fieldReader.elements(fieldReader.at(task, "this$0", "workQueue"))) {
          task("pool-task", queued, name, container, depth + 1);
        }
      }
    }
  }
}
