package whorl.collector.http.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Role;
import whorl.collector.http.request.Route;

/**
 * The threads that run handlers, in pools. Agents have one, people and webhooks another, open
 * routes a third, and those open routes that wait for a body (logins) a fourth. One more identifies
 * callers by their sessions, and one runs the callbacks of channels. Within a pool no client holds
 * more than three quarters of the workers; one person holds no more than a quarter of those for
 * people, because a download that is read slowly keeps its worker. Further requests wait.
 */
final class Workers {
  /** The result of a request for a worker. */
  enum Admission {
    ADMITTED,
    /** Too many requests wait already. */
    BUSY,
    /** Too many requests of this client wait already. */
    OVER_QUOTA
  }

  private static final long IDLE_SECONDS = 30;

  private final Pool agents;
  private final Pool people;
  private final Pool open;
  private final Pool logins;
  private final Pool sessions;
  private final ThreadPoolExecutor channels;

  Workers(EdgeLimits.Threads threads) {
    int waiting = threads.waiting();
    this.agents = new Pool("whorl-http-agent", threads.agents(), most(threads.agents()), waiting);
    this.people = new Pool("whorl-http", threads.people(), threads.people() / 4, waiting);
    this.open = new Pool("whorl-http-open", threads.open(), most(threads.open()), waiting);
    this.logins = new Pool("whorl-http-login", threads.open(), most(threads.open()), waiting);
    this.sessions = new Pool("whorl-http-session", threads.open(), most(threads.open()), waiting);
    // at most one entry for each open channel, and the number of channels is limited
    this.channels = executor("whorl-channel", threads.channels(), Integer.MAX_VALUE);
  }

  private static int most(int threads) {
    return threads * 3 / 4;
  }

  /**
   * Runs {@code work} for this route soon.
   *
   * @param clientName the client whose quota it counts against
   */
  Admission submit(Route route, String clientName, Runnable work) {
    return route.needs() == null && route.maxBodyBytes() > 0
        ? logins.submit(clientName, work)
        : submit(route.needs(), clientName, work);
  }

  /**
   * Runs {@code work} soon.
   *
   * @param needed the route's role; null for open routes
   * @param clientName the client whose quota it counts against
   */
  Admission submit(@Nullable Role needed, String clientName, Runnable work) {
    Pool pool = needed == null ? open : needed == Role.AGENT ? agents : people;
    return pool.submit(clientName, work);
  }

  /**
   * Looks for a session soon.
   *
   * @param clientName the client whose quota it counts against
   */
  Admission submitSession(String clientName, Runnable work) {
    return sessions.submit(clientName, work);
  }

  /** Returns the executor for callbacks of channels; each channel submits one task at a time. */
  Executor channels() {
    return channels;
  }

  /** Returns the number of running and waiting requests. */
  long pendingRequests() {
    return agents.pendingRequests()
        + people.pendingRequests()
        + open.pendingRequests()
        + logins.pendingRequests()
        + sessions.pendingRequests();
  }

  /** Accepts no more requests, waits for the running ones, then interrupts them. */
  void stop(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<ThreadPoolExecutor> executors =
        List.of(
            sessions.executor,
            agents.executor,
            people.executor,
            open.executor,
            logins.executor,
            channels);
    executors.forEach(ThreadPoolExecutor::shutdown);
    for (ThreadPoolExecutor executor : executors) {
      try {
        long left = Math.max(0, deadline - System.nanoTime());
        if (!executor.awaitTermination(left, TimeUnit.NANOSECONDS)) {
          executor.shutdownNow();
        }
      } catch (InterruptedException e) {
        executor.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
  }

  private static ThreadPoolExecutor executor(String name, int threads, int waiting) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            work -> {
              Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static final class Client {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
  }

  private static final class Pool {
    private final ThreadPoolExecutor executor;
    private final Map<String, Client> clients = new HashMap<>();
    private final int quota;
    private final int waiting;

    /**
     * @param quota the workers that one client may hold; at least one
     */
    Pool(String name, int threads, int quota, int waiting) {
      this.executor = executor(name, threads, waiting);
      this.quota = Math.max(1, quota);
      this.waiting = waiting;
    }

    synchronized Admission submit(String clientName, Runnable work) {
      Client client = clients.computeIfAbsent(clientName, key -> new Client());
      if (client.running >= whorl.collector.limit.Client.max(clientName, quota)) {
        return client.waiting.size() < waiting && client.waiting.add(work)
            ? Admission.ADMITTED
            : Admission.OVER_QUOTA;
      }
      try {
        executor.execute(() -> runAllFrom(clientName, client, work));
        client.running++;
        return Admission.ADMITTED;
      } catch (RejectedExecutionException full) {
        if (client.running == 0) {
          clients.remove(clientName);
        }
        return Admission.BUSY;
      }
    }

    /**
     * Runs the client's waiting requests on the same worker, so that the client never gets more
     * workers this way.
     */
    private void runAllFrom(String clientName, Client client, Runnable first) {
      Runnable work = first;
      while (work != null) {
        work.run();
        work = next(clientName, client);
      }
    }

    private synchronized @Nullable Runnable next(String clientName, Client client) {
      Runnable next = client.waiting.poll();
      if (next == null && --client.running == 0) {
        clients.remove(clientName);
      }
      return next;
    }

    synchronized long pendingRequests() {
      long waitingNow = clients.values().stream().mapToLong(client -> client.waiting.size()).sum();
      return waitingNow + executor.getActiveCount() + executor.getQueue().size();
    }
  }
}
