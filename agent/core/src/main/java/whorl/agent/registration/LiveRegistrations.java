package whorl.agent.registration;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.hook.registration.LiveRoots.Kind;

/**
 * Everything that the servers of this JVM call, and what its threads run, read on an agent's thread
 * and within bounds.
 */
public final class LiveRegistrations {
  private static final long LIMIT_NANOS = 5_000_000_000L;
  private static final int MAX_ROOTS = 64;

  private final LiveRoots roots;
  private final BiConsumer<Module, String> opener;

  /**
   * @param opener opens a package of a named module to this agent, or throws
   */
  public LiveRegistrations(LiveRoots roots, BiConsumer<Module, String> opener) {
    this.roots = roots;
    this.opener = opener;
  }

  /**
   * What there is.
   *
   * @param cut whether some was left out, for its number or for the time
   */
  public record Found(List<Registered> registered, boolean cut) {}

  public Found walk() {
    // One for each walk: the fields that it remembers would keep the classes of an application.
    RegistrationList registrationList =
        new RegistrationList(new FieldReader(opener), System::nanoTime, LIMIT_NANOS);
    TomcatWalk tomcat = new TomcatWalk(registrationList);
    UndertowWalk undertow = new UndertowWalk(registrationList);
    SpringWalk spring = new SpringWalk(registrationList);
    NettyWalk netty = new NettyWalk(registrationList);
    JdkWalk jdk = new JdkWalk(registrationList);
    each(registrationList, Kind.TOMCAT_CONTAINER, tomcat::container);
    each(registrationList, Kind.TOMCAT_CONNECTOR, tomcat::connector);
    each(registrationList, Kind.TOMCAT_WEB_SOCKETS, tomcat::webSockets);
    each(registrationList, Kind.JETTY_SERVER, new JettyWalk(registrationList)::server);
    each(registrationList, Kind.UNDERTOW, undertow::server);
    each(registrationList, Kind.UNDERTOW_DEPLOYMENT, undertow::deployment);
    each(registrationList, Kind.SPRING_DISPATCHER, spring::dispatcher);
    each(registrationList, Kind.SPRING_MAPPING, spring::mapping);
    each(registrationList, Kind.SPRING_WEB_FILTERS, spring::webFilters);
    each(registrationList, Kind.NETTY_SERVER, netty::server);
    each(registrationList, Kind.NETTY_PIPELINE, netty::pipeline);
    each(registrationList, Kind.JDK_SERVER, jdk::server);
    guarded(jdk::threads);
    return new Found(registrationList.all(), registrationList.cut());
  }

  private void each(RegistrationList registrationList, Kind kind, Consumer<Object> look) {
    for (Object root : roots.of(kind, MAX_ROOTS)) {
      if (!registrationList.over()) {
        guarded(() -> look.accept(root));
      }
    }
  }

  /** A shape that nobody thought of costs the one root. */
  private static void guarded(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException | LinkageError unexpected) {
      Logger log = LoggerFactory.getLogger(LiveRegistrations.class);
      log.warn("a server's registrations could not be read", unexpected);
    }
  }
}
