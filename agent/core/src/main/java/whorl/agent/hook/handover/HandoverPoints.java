package whorl.agent.hook.handover;

import static whorl.agent.hook.weave.JoinPoint.When.ENTRY;
import static whorl.agent.hook.weave.JoinPoint.When.RETURN;
import static whorl.agent.hook.weave.JoinPoint.When.RETURN_OR_FAILURE;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.Weaver;

/** Where tasks are submitted and run: the JDK's pools and those of servers. */
public final class HandoverPoints {
  private static final String CONCURRENT = "java/util/concurrent/";
  private static final String FORK_JOIN_TASK = CONCURRENT + "ForkJoinTask";
  private static final String RUNNABLE = "Ljava/lang/Runnable;";
  private static final String CALLABLE = "Ljava/util/concurrent/Callable;";
  private static final String TASK = "Ljava/util/concurrent/ForkJoinTask;";
  private static final JoinPoint.Call RUN = new JoinPoint.Call("java/lang/Runnable", "run", "()V");
  private static final String[] STAGES = {
    "UniApply", "UniAccept", "UniRun", "UniWhenComplete", "UniHandle", "UniExceptionally",
    "UniComposeExceptionally", "UniCompose", "BiApply", "BiAccept", "BiRun", "OrApply",
    "OrAccept", "OrRun"
  };

  private final Weaver weaver;

  private HandoverPoints(Weaver weaver) {
    this.weaver = weaver;
  }

  /** Adds all join points, each with its number in {@link Handover}. */
  public static void addTo(Weaver weaver) {
    HandoverPoints points = new HandoverPoints(weaver);
    points.threads();
    points.threadPools();
    points.forkJoin();
    points.stages();
    points.timers();
    points.servers();
    points.eventLoops();
  }

  /** Threads that inherit nothing belong to the request as well. */
  private void threads() {
    for (String start : new String[] {"()", "(Ljdk/internal/vm/ThreadContainer;)"}) {
      for (String type : new String[] {"java/lang/Thread", "java/lang/VirtualThread"}) {
        add(JoinPoint.task(type, "start", start, ENTRY, SELF), Handover.STARTED);
      }
    }
  }

  private void threadPools() {
    for (String pool :
        new String[] {
          CONCURRENT + "ThreadPoolExecutor", "org/apache/tomcat/util/threads/ThreadPoolExecutor"
        }) {
      submitted(pool, "execute", "(" + RUNNABLE, argument(0));
      worker(pool, "runWorker");
      taken(pool, "runWorker", RUN);
    }
    submitted(
        CONCURRENT + "ScheduledThreadPoolExecutor",
        "delayedExecute",
        "(Ljava/util/concurrent/RunnableScheduledFuture;",
        argument(0));
  }

  private void forkJoin() {
    String pool = CONCURRENT + "ForkJoinPool";
    for (String task : new String[] {RUNNABLE, TASK}) {
      submitted(pool, "execute", "(" + task, argument(0));
    }
    for (String task : new String[] {RUNNABLE, TASK, CALLABLE}) {
      submitted(pool, "submit", "(" + task, argument(0));
    }
    submitted(pool, "invoke", "(" + TASK, argument(0));
    submitted(FORK_JOIN_TASK, "fork", "()", SELF);
    // These run the task on the calling thread, as parallel streams do with a part of their work.
    submitted(FORK_JOIN_TASK, "invoke", "()", SELF);
    submitted(FORK_JOIN_TASK, "quietlyInvoke", "()", SELF);
    submitted(FORK_JOIN_TASK, "invokeAll", "(" + TASK + TASK, argument(0));
    JoinPoint.Call first = new JoinPoint.Call(FORK_JOIN_TASK, "doExec", "()");
    for (String tasks : new String[] {"([" + TASK, "(Ljava/util/Collection;"}) {
      add(JoinPoint.aroundCall(FORK_JOIN_TASK, "invokeAll", tasks, first), Handover.RUN_HERE);
    }
    worker(CONCURRENT + "ForkJoinWorkerThread", "run");
    during(FORK_JOIN_TASK, "doExec", "()", SELF, Handover.ENTERED);
    // The pool's own wrapper around a submitted task; the method that runs it differs by JDK.
    for (String shell : new String[] {"AdaptedRunnable", "AdaptedRunnableAction"}) {
      shell(shell, "runnable", RUNNABLE, "exec");
    }
    for (String method : new String[] {"exec", "compute"}) {
      shell("RunnableExecuteAction", "runnable", RUNNABLE, method);
      shell("AdaptedInterruptibleCallable", "callable", CALLABLE, method);
    }
    shell("AdaptedInterruptibleRunnable", "runnable", RUNNABLE, "compute");
    shell("AdaptedCallable", "callable", CALLABLE, "exec");
  }

  private void shell(String type, String field, String descriptor, String method) {
    during(
        FORK_JOIN_TASK + "$" + type,
        method,
        "()",
        new Operand.SelfField(field, descriptor),
        Handover.BEGUN);
  }

  /** Dependents of a future; the thread that completes the future runs them. */
  private void stages() {
    String future = CONCURRENT + "CompletableFuture$";
    add(JoinPoint.task(future + "UniCompletion", "<init>", "(", RETURN, SELF), Handover.SUBMITTED);
    for (String stage : STAGES) {
      during(future + stage, "tryFire", "(I)", SELF, Handover.RESUMED);
    }
    submitted(future + "DelayedExecutor", "execute", "(" + RUNNABLE, argument(0));
  }

  private void timers() {
    submitted("java/util/Timer", "sched", "(Ljava/util/TimerTask;", argument(0));
    worker("java/util/TimerThread", "mainLoop");
    taken(
        "java/util/TimerThread",
        "mainLoop",
        new JoinPoint.Call("java/util/TimerTask", "run", "()V"));
    worker("jdk/internal/net/http/HttpClientImpl$SelectorManager", "run");
  }

  private void servers() {
    String jetty = "org/eclipse/jetty/util/thread/QueuedThreadPool";
    submitted(jetty, "execute", "(" + RUNNABLE, argument(0));
    during(jetty, "runJob", "(" + RUNNABLE, argument(0), Handover.ENTERED);
    worker(jetty + "$Runner", "run");

    String jboss = "org/jboss/threads/EnhancedQueueExecutor";
    submitted(jboss, "execute", "(" + RUNNABLE, argument(0));
    during(jboss, "safeRun", "(" + RUNNABLE, argument(0), Handover.ENTERED);
    during(
        jboss + "$Task",
        "run",
        "()",
        new Operand.SelfField("delegate", RUNNABLE),
        Handover.ENTERED);
    during(
        "org/jboss/threads/ContextClassLoaderSavingRunnable",
        "run",
        "()",
        new Operand.SelfField("delegate", RUNNABLE),
        Handover.BEGUN);
    worker(jboss + "$ThreadBody", "run");

    String vertx = "io/vertx/core/impl/TaskQueue";
    submitted(vertx, "execute", "(" + RUNNABLE, argument(0));
    taken(vertx, "run", RUN);
  }

  private void eventLoops() {
    String xnio = "org/xnio/nio/WorkerThread";
    submitted(xnio, "execute", "(" + RUNNABLE, argument(0));
    during(xnio, "safeRun", "(" + RUNNABLE, argument(0), Handover.ENTERED);
    worker(xnio, "run");

    String netty = "io/netty/util/concurrent/";
    submitted(netty + "SingleThreadEventExecutor", "addTask", "(" + RUNNABLE, argument(0));
    submitted(
        netty + "AbstractScheduledEventExecutor",
        "schedule",
        "(Lio/netty/util/concurrent/ScheduledFutureTask;",
        argument(0));
    during(
        netty + "AbstractEventExecutor",
        "safeExecute",
        "(" + RUNNABLE,
        argument(0),
        Handover.ENTERED);
    during(netty + "AbstractEventExecutor", "runTask", "(" + RUNNABLE, argument(0), Handover.BEGUN);
    for (String loop :
        new String[] {
          "io/netty/channel/nio/NioEventLoop",
          "io/netty/channel/epoll/EpollEventLoop",
          "io/netty/channel/kqueue/KQueueEventLoop",
          "io/netty/channel/DefaultEventLoop",
          "io/netty/channel/SingleThreadIoEventLoop",
          netty + "DefaultEventExecutor"
        }) {
      worker(loop, "run");
    }
  }

  private void submitted(String owner, String method, String descriptorStart, Operand task) {
    add(JoinPoint.task(owner, method, descriptorStart, ENTRY, task), Handover.SUBMITTED);
  }

  private void worker(String owner, String method) {
    add(JoinPoint.task(owner, method, "(", ENTRY, SELF), Handover.WORKER);
  }

  private void taken(String owner, String method, JoinPoint.Call call) {
    add(JoinPoint.aroundCall(owner, method, "(", call), Handover.TAKEN);
  }

  private void during(
      String owner, String method, String descriptorStart, Operand task, int begins) {
    add(JoinPoint.task(owner, method, descriptorStart, ENTRY, task), begins);
    add(JoinPoint.task(owner, method, descriptorStart, RETURN_OR_FAILURE, task), Handover.LEFT);
  }

  private void add(JoinPoint point, int kind) {
    weaver.add(point.asOptional(), kind);
  }
}
