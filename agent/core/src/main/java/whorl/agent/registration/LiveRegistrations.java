package whorl.agent.registration;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.registration.LiveRoots.Kind;
import whorl.agent.thread.LiveThreads;

/**
 * Reads everything that the servers of this JVM call and that its threads run, on an agent thread
 * and within bounds.
 */
public final class LiveRegistrations {
  private static final long LIMIT_NANOS = 5_000_000_000L;
  private static final int MAX_ROOTS = 64;

  private final LiveRoots roots;
  private final BiConsumer<Module, String> opener;
  private final LiveThreads threads;

  /**
   * @param opener opens a package of a named module to this agent, or throws
   */
  public LiveRegistrations(LiveRoots roots, BiConsumer<Module, String> opener) {
    this.roots = roots;
    this.opener = opener;
    this.threads = new LiveThreads(opener);
  }

  /**
   * The result of a walk.
   *
   * @param cut true if some were omitted, because of their number or the time, or because a walk
   *     failed
   */
  public record Found(List<Registered> registered, boolean cut) {}

  public Found walk() {
    return walk(LIMIT_NANOS);
  }

  /**
   * As {@link #walk()}; what cannot be read within so many nanoseconds, or before the thread is
   * interrupted, is left out.
   */
  public Found walk(long limitNanos) {
    // One for each walk: cached fields would keep the application's classes alive.
    RegistrationList registrationList =
        new RegistrationList(new FieldReader(opener), System::nanoTime, limitNanos);
    TomcatWalk tomcat = new TomcatWalk(registrationList);
    UndertowWalk undertow = new UndertowWalk(registrationList);
    SpringWalk spring = new SpringWalk(registrationList);
    NettyWalk netty = new NettyWalk(registrationList);
    JdkWalk jdk = new JdkWalk(registrationList);
    walkRoots(registrationList, Kind.TOMCAT_CONTAINER, tomcat::container);
    walkRoots(registrationList, Kind.TOMCAT_CONNECTOR, tomcat::connector);
    walkRoots(registrationList, Kind.TOMCAT_WEB_SOCKETS, tomcat::webSockets);
    walkRoots(registrationList, Kind.JETTY_SERVER, new JettyWalk(registrationList)::server);
    walkRoots(registrationList, Kind.UNDERTOW, undertow::server);
    walkRoots(registrationList, Kind.UNDERTOW_DEPLOYMENT, undertow::deployment);
    walkRoots(registrationList, Kind.SPRING_DISPATCHER, spring::dispatcher);
    walkRoots(registrationList, Kind.SPRING_MAPPING, spring::mapping);
    walkRoots(registrationList, Kind.SPRING_WEB_FILTERS, spring::webFilters);
    walkRoots(registrationList, Kind.NETTY_SERVER, netty::server);
    walkRoots(registrationList, Kind.NETTY_PIPELINE, netty::pipeline);
    walkRoots(registrationList, Kind.JDK_SERVER, jdk::server);
    guarded(registrationList, () -> jdk.threads(threads));
    return new Found(registrationList.all(), registrationList.cut());
  }

  private void walkRoots(RegistrationList registrationList, Kind kind, Consumer<Object> walk) {
    for (Object root : roots.of(kind, MAX_ROOTS)) {
      if (!registrationList.mustStop()) {
        guarded(registrationList, () -> walk.accept(root));
      }
    }
  }

  /**
   * An unknown shape costs only this root, and so does a class loader of the application that
   * throws an error while the types of a root's fields are loaded. No method of the error is
   * called: its class may be the application's too.
   */
  private static void guarded(RegistrationList registrationList, Runnable walk) {
    try {
      walk.run();
    } catch (RuntimeException | Error unexpected) {
      registrationList.failed();
      Logger log = LoggerFactory.getLogger(LiveRegistrations.class);
      log.warn("a server's registrations could not be read: {}", unexpected.getClass().getName());
    }
  }
}
